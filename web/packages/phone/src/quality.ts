/** What the agent is told of the line. */
export type Grade = "good" | "fair" | "poor";

export interface Quality {
  grade: Grade;
  /** Share of packets lost on the way here, in percent of the last interval. */
  lossPct: number;
  jitterMs: number;
  rttMs: number | null;
  /** Nothing has arrived in the last interval. */
  silent: boolean;
}

/** The counters of one moment. */
export interface Sample {
  received: number;
  lost: number;
  jitterMs: number;
  rttMs: number | null;
}

/** Intervals that a grade looks back on: one bad second is no bad line. */
export const WINDOW = 3;
/** Loss in percent, jitter and round trip in milliseconds; beyond the second column people complain (ITU-T G.114, G.107). */
const LIMITS: Readonly<Record<"lossPct" | "jitterMs" | "rttMs", readonly [number, number]>> = {
  lossPct: [2, 5],
  jitterMs: [30, 60],
  rttMs: [200, 400],
};

function number(report: object, key: string): number | null {
  const value = (report as Record<string, unknown>)[key];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The counters of the sound that comes in, from what `getStats` reports; null before there are any. */
export function sampleOf(reports: Iterable<object>): Sample | null {
  let found: Sample | null = null;
  let rtt: number | null = null;
  for (const report of reports) {
    const { type, kind, nominated } = report as { type?: unknown; kind?: unknown; nominated?: unknown };
    if (type === "inbound-rtp" && kind === "audio") {
      found = {
        received: number(report, "packetsReceived") ?? 0,
        // Late copies can make the count negative.
        lost: Math.max(0, number(report, "packetsLost") ?? 0),
        jitterMs: (number(report, "jitter") ?? 0) * 1000,
        rttMs: null,
      };
    } else if (type === "remote-inbound-rtp") {
      rtt = number(report, "roundTripTime") ?? rtt;
    } else if (type === "candidate-pair" && nominated === true) {
      rtt ??= number(report, "currentRoundTripTime");
    }
  }
  return found === null ? null : { ...found, rttMs: rtt === null ? null : rtt * 1000 };
}

function gradeOf(part: keyof typeof LIMITS, value: number): number {
  const [fair, poor] = LIMITS[part];
  return value > poor ? 2 : value > fair ? 1 : 0;
}

const GRADES: readonly Grade[] = ["good", "fair", "poor"];

/** Grades a call from its counters, taken at equal intervals. */
export class QualityMeter {
  private readonly samples: Sample[] = [];

  /** The line after this sample; null until there are two. */
  add(sample: Sample): Quality | null {
    this.samples.push(sample);
    if (this.samples.length > WINDOW + 1) this.samples.shift();
    const [first, before] = [this.samples[0], this.samples.at(-2)];
    if (first === undefined || before === undefined) return null;
    const received = Math.max(0, sample.received - first.received);
    const lost = Math.max(0, sample.lost - first.lost);
    const lossPct = received + lost === 0 ? 0 : (100 * lost) / (received + lost);
    const mean = this.samples.reduce((sum, one) => sum + one.jitterMs, 0) / this.samples.length;
    const silent = sample.received <= before.received;
    const worst = Math.max(
      gradeOf("lossPct", lossPct),
      gradeOf("jitterMs", mean),
      sample.rttMs === null ? 0 : gradeOf("rttMs", sample.rttMs),
      silent ? 2 : 0,
    );
    return { grade: GRADES[worst] ?? "poor", lossPct, jitterMs: mean, rttMs: sample.rttMs, silent };
  }
}
