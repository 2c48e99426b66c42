import type { SocketLike } from "../src/socket";

/** A SIP message as text, taken apart far enough to answer it. */
export class Sip {
  readonly start: string;
  readonly headers: readonly [string, string][];
  readonly body: string;

  constructor(readonly text: string) {
    const [head = "", body = ""] = text.split("\r\n\r\n");
    const [start = "", ...lines] = head.split("\r\n");
    this.start = start;
    this.headers = lines.map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
    });
    this.body = body;
  }

  get method(): string {
    return this.start.startsWith("SIP/2.0") ? (this.get("cseq").split(" ")[1] ?? "") : (this.start.split(" ")[0] ?? "");
  }

  /** 0 for a request. */
  get status(): number {
    return this.start.startsWith("SIP/2.0") ? Number(this.start.split(" ")[1]) : 0;
  }

  get(name: string): string {
    return this.headers.find(([key]) => key === name)?.[1] ?? "";
  }

  all(name: string): string[] {
    return this.headers.filter(([key]) => key === name).map(([, value]) => value);
  }
}

/** The server's end of one WebSocket. */
export class Wire implements SocketLike {
  onopen: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly heard: Sip[] = [];
  closed = false;
  pings = 0;

  constructor(private readonly server: Server) {}

  send(text: string): void {
    if (text.trim() === "") {
      if (text === "\r\n\r\n") this.pings += 1;
      if (text === "\r\n\r\n" && this.server.answersPings) this.onmessage?.({ data: "\r\n" });
      return;
    }
    const message = new Sip(text);
    this.heard.push(message);
    this.server.receive(this, message);
  }

  close(): void {
    this.closed = true;
  }

  tell(text: string): void {
    this.onmessage?.({ data: text });
  }
}

export const OFFER = [
  "v=0",
  "o=- 1 1 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "m=audio 40000 UDP/TLS/RTP/SAVPF 8 126",
  "c=IN IP4 127.0.0.1",
  "a=rtpmap:8 PCMA/8000",
  "a=sendrecv",
  "",
].join("\r\n");

interface Invitation {
  callId: string;
  /** Extra lines of the INVITE. */
  headers?: string[];
  from?: string;
}

/** A scripted server: it says exactly what a test tells it to, in SIP. */
export class Server {
  readonly wires: Wire[] = [];
  /** What a new connection meets. */
  meets: "open" | "nothing" | "refusal" = "open";
  answersPings = true;
  registerStatus = 200;
  /** Status for the next INVITE out of the page, null to let the test answer. */
  inviteStatus: number | null = 200;
  reinviteStatus: number | null = 200;
  referStatus = 202;
  private cseq = 100;

  readonly open = (): SocketLike => {
    const wire = new Wire(this);
    this.wires.push(wire);
    setTimeout(() => {
      if (this.meets === "open") wire.onopen?.();
      if (this.meets === "refusal") wire.onclose?.({ code: 1006, reason: "", wasClean: false });
    }, 5);
    return wire;
  };

  get wire(): Wire {
    const last = this.wires.at(-1);
    if (last === undefined) throw new Error("nobody has connected");
    return last;
  }

  /** All requests and answers of one kind that the page has sent, over all connections. */
  heard(method: string, status = 0): Sip[] {
    return this.wires.flatMap((wire) => wire.heard).filter((one) => one.method === method && one.status === status);
  }

  cut(): void {
    const { wire } = this;
    wire.closed = true;
    wire.onclose?.({ code: 1006, reason: "", wasClean: false });
  }

  receive(wire: Wire, message: Sip): void {
    if (message.status !== 0 || message.method === "ACK") {
      if (message.method === "INVITE" && message.status >= 200) this.acknowledge(wire, message);
      return;
    }
    setTimeout(() => {
      if (!wire.closed) this.answer(wire, message);
    }, 5);
  }

  private answer(wire: Wire, message: Sip): void {
    if (message.method === "REGISTER") {
      const contact = message.get("contact");
      this.reply(wire, message, this.registerStatus, this.registerStatus === 200 ? [`Contact: ${contact}`] : []);
    } else if (message.method === "INVITE") {
      const again = message.get("to").includes("tag=");
      const status = again ? this.reinviteStatus : this.inviteStatus;
      if (status !== null) this.accept(wire, message, status);
    } else if (message.method === "REFER") {
      this.reply(wire, message, this.referStatus, ["Contact: <sip:server@127.0.0.1;transport=ws>"]);
    } else {
      this.reply(wire, message, 200, []);
    }
  }

  /** Answers an INVITE. */
  accept(wire: Wire, message: Sip, status: number): void {
    const body = status >= 200 && status < 300 ? OFFER : "";
    this.reply(wire, message, status, ["Contact: <sip:server@127.0.0.1;transport=ws>"], body);
  }

  reply(wire: Wire, request: Sip, status: number, extra: string[], body = ""): void {
    const to = request.get("to");
    const lines = [
      `SIP/2.0 ${String(status)} Scripted`,
      ...request.all("via").map((via) => `Via: ${via}`),
      `From: ${request.get("from")}`,
      `To: ${to}${to.includes("tag=") || status === 100 ? "" : ";tag=server"}`,
      `Call-ID: ${request.get("call-id")}`,
      `CSeq: ${request.get("cseq")}`,
      ...extra,
      ...(body === "" ? [] : ["Content-Type: application/sdp"]),
      `Content-Length: ${String(body.length)}`,
    ];
    wire.tell(`${lines.join("\r\n")}\r\n\r\n${body}`);
  }

  private contact(): string {
    const said = this.heard("REGISTER").at(-1) ?? this.heard("INVITE").at(-1);
    return /<([^>]+)>/.exec(said?.get("contact") ?? "")?.[1] ?? "";
  }

  invite({ callId, headers = [], from = "13800138000" }: Invitation): void {
    const lines = [
      `INVITE ${this.contact()} SIP/2.0`,
      `Via: SIP/2.0/WS server.invalid;branch=z9hG4bK${callId}`,
      `From: "Wang" <sip:${from}@demo>;tag=${callId}-s`,
      "To: <sip:1001@demo>",
      `Call-ID: ${callId}`,
      "CSeq: 1 INVITE",
      "Contact: <sip:server@127.0.0.1;transport=ws>",
      "Max-Forwards: 70",
      ...headers,
      "Content-Type: application/sdp",
      `Content-Length: ${String(OFFER.length)}`,
    ];
    this.wire.tell(`${lines.join("\r\n")}\r\n\r\n${OFFER}`);
  }

  private acknowledge(wire: Wire, response: Sip): void {
    const request = response.status < 300 ? `ACK ${this.contact()} SIP/2.0` : `ACK ${this.contact()} SIP/2.0`;
    const branch = response.status < 300 ? "z9hG4bKack" : (/branch=([^;]+)/.exec(response.get("via"))?.[1] ?? "");
    setTimeout(() => {
      wire.tell(
        [
          request,
          `Via: SIP/2.0/WS server.invalid;branch=${branch}`,
          `From: ${response.get("from")}`,
          `To: ${response.get("to")}`,
          `Call-ID: ${response.get("call-id")}`,
          `CSeq: ${response.get("cseq").replace("INVITE", "ACK")}`,
          "Max-Forwards: 70",
          "Content-Length: 0",
          "\r\n",
        ].join("\r\n"),
      );
    }, 5);
  }

  /** A request of the server's within a call: `BYE`, `NOTIFY` … */
  within(callId: string, method: string, extra: string[] = [], body = ""): void {
    const own = this.wires.flatMap((wire) => wire.heard).filter((one) => one.get("call-id") === callId);
    const answer = own.find((one) => one.status >= 180 && one.method === "INVITE");
    const asked = own.find((one) => one.status === 0 && one.method === "INVITE");
    const [local, remote] =
      answer === undefined
        ? [`${asked?.get("to").replace(/;tag=.*/, "") ?? ""};tag=server`, asked?.get("from") ?? ""]
        : [answer.get("from"), answer.get("to")];
    this.cseq += 1;
    this.wire.tell(
      [
        `${method} ${this.contact()} SIP/2.0`,
        `Via: SIP/2.0/WS server.invalid;branch=z9hG4bK${method}${String(this.cseq)}`,
        `From: ${local}`,
        `To: ${remote}`,
        `Call-ID: ${callId}`,
        `CSeq: ${String(this.cseq)} ${method}`,
        "Max-Forwards: 70",
        "Contact: <sip:server@127.0.0.1;transport=ws>",
        ...extra,
        `Content-Length: ${String(body.length)}`,
        "",
        body,
      ].join("\r\n"),
    );
  }

  /** Takes back an INVITE that is not answered yet. */
  cancel(callId: string, reason = ""): void {
    this.wire.tell(
      [
        `CANCEL ${this.contact()} SIP/2.0`,
        `Via: SIP/2.0/WS server.invalid;branch=z9hG4bK${callId}`,
        `From: "Wang" <sip:13800138000@demo>;tag=${callId}-s`,
        "To: <sip:1001@demo>",
        `Call-ID: ${callId}`,
        "CSeq: 1 CANCEL",
        "Max-Forwards: 70",
        ...(reason === "" ? [] : [`Reason: ${reason}`]),
        "Content-Length: 0",
        "\r\n",
      ].join("\r\n"),
    );
  }
}
