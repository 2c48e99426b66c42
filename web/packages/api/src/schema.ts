/**
 * The shapes of the HTTP interface, in the form that `npm run generate` prints from the server's OpenAPI 3.1 snapshot.
 * Times are RFC 3339 in UTC; durations carry their unit in their name.
 */
export interface components {
  schemas: {
    ErrorBody: {
      error: {
        code: string;
        message: string;
        field?: string | null;
        request_id: string;
      };
    };
    LoginRequest: {
      tenant?: string;
      username: string;
      password: string;
    };
    LoginResponse: {
      token: string;
      user: components["schemas"]["Me"];
    };
    Role: "agent" | "supervisor" | "admin" | "operator";
    Tenant: {
      id: string;
      name: string;
      /** Whether this is the demo tenant, which every page says. */
      demo: boolean;
      /** IANA name, for example `Asia/Shanghai`. */
      time_zone: string;
    };
    Me: {
      id: string;
      username: string;
      roles: components["schemas"]["Role"][];
      agent_id?: string | null;
      tenant: components["schemas"]["Tenant"];
    };
    AgentStateName: "offline" | "ready" | "not_ready" | "ringing" | "talking" | "wrap_up";
    AgentStateChange: {
      state: "ready" | "not_ready";
      reason?: string;
    };
    AgentState: {
      agent_id: string;
      state: components["schemas"]["AgentStateName"];
      reason?: string | null;
      since: string;
      /** When the state ends by itself: the end of a wrap-up, for example. */
      until?: string | null;
    };
    LiveAgent: {
      id: string;
      number: string;
      name: string;
      state: components["schemas"]["AgentStateName"];
      reason?: string | null;
      since: string;
      until?: string | null;
      interaction_id?: string | null;
      /** Ids of the queues the agent serves. */
      queues: string[];
    };
    Channel: "voice";
    Direction: "inbound" | "outbound" | "internal";
    LiveInteractionState: "menu" | "queued" | "ringing" | "talking" | "held" | "ending";
    LiveInteraction: {
      id: string;
      channel: components["schemas"]["Channel"];
      direction: components["schemas"]["Direction"];
      state: components["schemas"]["LiveInteractionState"];
      from: string;
      to: string;
      queue_id?: string | null;
      agent_id?: string | null;
      started_at: string;
      state_since: string;
      /** Place in its queue, counted from 1. */
      position?: number | null;
    };
    LiveQueue: {
      id: string;
      name: string;
      waiting: number;
      longest_wait_since?: string | null;
      ready_agents: number;
      talking_agents: number;
      /** Share of today's offered calls answered within the target, 0 to 1. */
      service_level?: number | null;
      answered_today: number;
      abandoned_today: number;
      offered_today: number;
    };
    LiveSnapshot: {
      /** Where the event stream continues from this snapshot. */
      cursor: string;
      at: string;
      agents: components["schemas"]["LiveAgent"][];
      interactions: components["schemas"]["LiveInteraction"][];
      queues: components["schemas"]["LiveQueue"][];
    };
    Alarm: {
      /** Stays the same while one alarm is raised, repeated and cleared. */
      id: string;
      code: string;
      severity: "warning" | "critical";
      /** The sentence that tells an operator what happened and what to do. */
      message: string;
      since: string;
      cleared_at?: string | null;
    };
    Event:
      | {
          id: string;
          at: string;
          type: "agent.state";
          agent: components["schemas"]["LiveAgent"];
        }
      | {
          id: string;
          at: string;
          type: "interaction.started" | "interaction.state" | "interaction.ended";
          interaction: components["schemas"]["LiveInteraction"];
        }
      | {
          id: string;
          at: string;
          type: "queue.stats";
          queue: components["schemas"]["LiveQueue"];
        }
      | {
          id: string;
          at: string;
          type: "alarm";
          alarm: components["schemas"]["Alarm"];
        };
    Outcome: "answered" | "abandoned" | "rejected" | "failed" | "self_served" | "callback";
    EndedBy: "caller" | "agent" | "system" | "callee";
    QueueRef: { id: string; name: string };
    AgentRef: { id: string; number: string; name: string };
    Interaction: {
      id: string;
      channel: components["schemas"]["Channel"];
      direction: components["schemas"]["Direction"];
      from: string;
      to: string;
      queue?: components["schemas"]["QueueRef"] | null;
      agent?: components["schemas"]["AgentRef"] | null;
      started_at: string;
      answered_at?: string | null;
      ended_at?: string | null;
      wait_ms: number;
      talk_ms: number;
      hold_ms: number;
      wrap_up_ms: number;
      outcome: components["schemas"]["Outcome"];
      ended_by: components["schemas"]["EndedBy"];
      cause: string;
      has_recording: boolean;
      disposition?: string | null;
    };
    InteractionPage: {
      items: components["schemas"]["Interaction"][];
      next_cursor?: string | null;
    };
    LegMedia: {
      codec?: string | null;
      loss_pct?: number | null;
      jitter_ms?: number | null;
      mos?: number | null;
      rtt_ms?: number | null;
    };
    Leg: {
      id: string;
      role: "customer" | "agent" | "target";
      sip_call_id: string;
      address: string;
      started_at: string;
      ringing_at?: string | null;
      answered_at?: string | null;
      ended_at?: string | null;
      end_cause: string;
      media?: components["schemas"]["LegMedia"] | null;
    };
    TraceStep: {
      at: string;
      node: string;
      kind: string;
      detail: string;
      outlet?: string | null;
    };
    ScoreTerm: { name: string; value: number };
    Decision: {
      at: string;
      queue_id: string;
      winner: { agent_id: string; number: string };
      next: {
        agent_id: string;
        number: string;
        terms: components["schemas"]["ScoreTerm"][];
      }[];
      excluded: { reason: string; count: number }[];
      strategy: string;
    };
    Segment: {
      from: string;
      to: string;
      /** One of the live states, `wrap_up`, or a cause a newer server names. */
      cause: string;
    };
    RecordingGap: { from_ms: number; to_ms: number; cause: string };
    Recording: {
      id: string;
      started_at: string;
      duration_ms: number;
      channels: ("customer" | "agent")[];
      gaps: components["schemas"]["RecordingGap"][];
    };
    SipMessage: {
      at: string;
      leg_id: string;
      direction: "in" | "out";
      transport: string;
      peer: string;
      start_line: string;
      call_id: string;
      cseq: string;
      /** The whole message; what the reader may not see is masked by the server. */
      text: string;
    };
    InteractionDetail: components["schemas"]["Interaction"] & {
      legs: components["schemas"]["Leg"][];
      trace: components["schemas"]["TraceStep"][];
      decisions: components["schemas"]["Decision"][];
      segments: components["schemas"]["Segment"][];
      recordings: components["schemas"]["Recording"][];
      messages: components["schemas"]["SipMessage"][];
    };
    Peaks: {
      /** Per channel: minimum and maximum of each bucket, alternating, from -1 to 1. */
      channels: number[][];
      duration_ms: number;
    };
  };
}
