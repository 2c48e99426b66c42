import { vi } from "vitest";
import { systemClock } from "../src/clock";
import { jssipStack } from "../src/jssip";
import { Phone } from "../src/phone";
import type { SipAccount } from "../src/ports";
import type { CallView } from "../src/view";
import { FakeStream } from "./browser";
import { Server } from "./server";

/** A phone with the real SIP stack in it, against a scripted server, in virtual time. */
export class Rig {
  readonly server = new Server();
  readonly streams: FakeStream[] = [];
  readonly played: (FakeStream | null)[] = [];
  accounts = 0;
  account: () => Promise<SipAccount> = () =>
    Promise.resolve({
      uri: "sip:1001@demo",
      username: "1001",
      password: "secret",
      realm: "demo",
      wsUrl: "ws://127.0.0.1/sip",
      ice: {},
      expiresAt: Date.now() + 3_600_000,
    });
  microphone: () => Promise<FakeStream> = () => Promise.resolve(new FakeStream());
  phone: Phone;

  constructor(private memory: string | null = null) {
    this.phone = this.page();
  }

  private page(): Phone {
    return new Phone({
      account: () => {
        this.accounts += 1;
        return this.account();
      },
      stack: jssipStack({
        sockets: this.server.open,
        userAgent: "Lingtong",
        instanceId: "8f1f8a54-0c33-4b04-9a50-9d3b7a3f4c11",
      }),
      clock: { ...systemClock, random: () => 1 },
      media: {
        open: async () => {
          const stream = await this.microphone();
          this.streams.push(stream);
          return stream as unknown as MediaStream;
        },
        close: (stream) => {
          (stream as unknown as FakeStream).track.stop();
        },
        play: (stream) => {
          this.played.push(stream as unknown as FakeStream | null);
        },
      },
      memory: {
        load: () => this.memory,
        save: (text) => {
          this.memory = text;
        },
      },
    });
  }

  /** The page is loaded again: what was in it is gone, what the tab remembers is not. */
  reload(): void {
    this.phone.abandon("off");
    this.phone = this.page();
  }

  async pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }

  async ready(): Promise<void> {
    this.phone.start();
    await this.pass(50);
  }

  get call(): CallView {
    const [first] = this.phone.getView().calls;
    if (first === undefined) throw new Error("there is no call");
    return first;
  }

  /** A customer is being talked to. */
  async talking(callId = "c1", interaction = "i1"): Promise<void> {
    await this.ready();
    this.server.invite({ callId, headers: [`X-Lingtong-Interaction: ${interaction}`] });
    await this.pass(10);
    await this.phone.answer();
    await this.pass(50);
  }
}
