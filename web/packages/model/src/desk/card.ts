import type { CallerCard, InteractionDetail, LiveInteraction, Title, TraceStep } from "@lingtong/api";
import { parseTime } from "../time";

export interface PressedKey {
  at: string;
  key: string;
  /** The node of the flow where it was pressed, by its title; by its id where it has none. */
  node: Title;
  /** What the key stands for there, where the flow says so. */
  choice: Title | null;
}

/** A node on the way, as people read it. */
export interface PathNode {
  at: string;
  node: Title;
}

/** Who is on the line and how they got here. */
export interface CallCard {
  number: string;
  direction: "inbound" | "outbound" | "internal";
  /** The customer had asked to be called back. */
  callback: boolean;
  /** The number that was dialled. */
  dialled: string;
  place: Title | null;
  /** Whether the server was able to say who it is, be it that nobody is known. */
  looked: boolean;
  customer: { name: string; vipLevel: number; tags: readonly string[] } | null;
  queueId: string | null;
  pressed: readonly PressedKey[];
  path: readonly PathNode[];
  startedAt: string | null;
  /** From the beginning to the agent's ear, or until now. */
  waitMs: number | null;
}

export interface CardParts {
  /** What the phone says; enough where nothing else is known. */
  phone: { number: string; direction: "in" | "out" } | null;
  live: LiveInteraction | null;
  /** When the agent and the customer came together. */
  reachedAt: string | null;
  detail: Pick<InteractionDetail, "trace"> | null;
  card: CallerCard | null;
}

/** Keys and digits that a step of the flow took. */
function keyOf(step: TraceStep): string | null {
  const [, key, amount] = /^(?:digit (\S+)|(\d+) digits)$/.exec(step.detail) ?? [];
  return key ?? (amount === undefined ? null : "•".repeat(Math.min(Number(amount), 20)));
}

function nodeTitle(step: TraceStep): Title {
  return step.title ?? { zh: step.node, en: step.node };
}

/** The card of a call from whatever is known of it so far. */
export function callCard({ phone, live, reachedAt, detail, card }: CardParts, nowMs: number): CallCard {
  const direction = live?.direction ?? (phone?.direction === "out" ? "outbound" : "inbound");
  const other = live === null ? null : direction === "outbound" ? live.to : live.from;
  const path = detail?.trace ?? [];
  return {
    number: other ?? phone?.number ?? "",
    direction,
    callback: typeof live?.callback_of === "string",
    dialled: live?.to ?? "",
    place: card?.place ?? null,
    looked: card?.customer !== undefined,
    customer:
      card?.customer === null || card?.customer === undefined
        ? null
        : { name: card.customer.name, vipLevel: card.customer.vip_level ?? 0, tags: card.customer.tags },
    queueId: live?.queue_id ?? null,
    pressed: path.flatMap((step) => {
      const key = keyOf(step);
      return key === null ? [] : [{ at: step.at, key, node: nodeTitle(step), choice: step.choice ?? null }];
    }),
    path: path.map((step) => ({ at: step.at, node: nodeTitle(step) })),
    startedAt: live?.started_at ?? null,
    waitMs: live === null ? null : Math.max(0, (reachedAt === null ? nowMs : parseTime(reachedAt)) - parseTime(live.started_at)),
  };
}
