import type { LiveEvent, Voicemail } from "@lingtong/api";
import { expect, test } from "vitest";
import { afterEvent, Mailbox, type MailboxApi } from "../../src";

const voicemail = (id: string, more: Partial<Voicemail> = {}): Voicemail => ({
  id,
  interaction_id: `i${id}`,
  from: "13800138000",
  left_at: "2026-03-01T10:00:00Z",
  duration_ms: 4000,
  status: "new",
  ...more,
});

const HEAD = { id: "7", at: "2026-03-01T10:01:00Z" };
const left = (id: string, own = true): LiveEvent => ({ ...HEAD, type: "voicemail.left", voicemail: voicemail(id), own });
const changed = (id: string, status: Voicemail["status"]): LiveEvent => ({
  ...HEAD,
  type: "voicemail.changed",
  voicemail_id: id,
  status,
  by: "li",
  by_agent: { id: "9", number: "1001", name: "Li" },
});

test("a list follows what is told of its own mailboxes", () => {
  const one = afterEvent([], left("1"));
  expect(one.map((message) => message.id)).toEqual(["1"]);
  expect(afterEvent(one, left("1"))).toBe(one);
  expect(afterEvent(one, left("2", false))).toBe(one);
  expect(afterEvent(one, changed("2", "heard"))).toBe(one);
  const [heard] = afterEvent(one, changed("1", "heard"));
  expect([heard?.status, heard?.changed_by, heard?.changed_by_agent?.name]).toEqual(["heard", "li", "Li"]);
  expect(afterEvent(one, changed("1", "deleted"))).toEqual([]);
});

/** A mailbox over a server that answers when it is told to, in a time that passes when it is told to. */
function bench() {
  const answers: ((items: Voicemail[]) => void)[] = [];
  const waits: { ms: number; then: () => void }[] = [];
  const api: MailboxApi = {
    voicemails: () =>
      new Promise((resolve) => {
        answers.push((items) => {
          resolve({ items, next_cursor: null });
        });
      }),
    setVoicemail: (id, status) => Promise.resolve(voicemail(id, { status })),
    deleteVoicemail: () => Promise.resolve(),
  };
  const mailbox = new Mailbox(api, {
    after: (ms, then) => {
      const wait = { ms, then };
      waits.push(wait);
      return () => waits.splice(waits.indexOf(wait), 1);
    },
  });
  const answer = async (...items: Voicemail[]): Promise<void> => {
    answers.shift()?.(items);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { mailbox, answer, waits, asked: () => answers.length };
}

test("an event is shown at once, and a list from before it does not take that back", async () => {
  const { mailbox, answer, waits, asked } = bench();
  mailbox.start();
  await answer(voicemail("1"));
  expect(mailbox.getView().unheard).toBe(1);
  void mailbox.load();
  mailbox.take(left("2"));
  expect(mailbox.getView().unheard).toBe(2);
  await answer(voicemail("1"));
  expect(mailbox.getView().items?.length).toBe(2);
  expect(waits.map((wait) => wait.ms)).toEqual([1_500]);
  waits[0]?.then();
  await answer(voicemail("2"), voicemail("1"));
  expect(mailbox.getView().unheard).toBe(2);
  expect(asked()).toBe(0);
});

test("what is done here is shown at once, and a gap in the stream has the list read anew", async () => {
  const { mailbox, answer, waits } = bench();
  mailbox.follow(true);
  mailbox.start();
  await answer(voicemail("1"), voicemail("2"));
  await mailbox.mark("1", "heard");
  expect(mailbox.getView().unheard).toBe(1);
  await mailbox.remove("2");
  expect(mailbox.getView().items?.map((one) => [one.id, one.status])).toEqual([["1", "heard"]]);
  mailbox.follow(false);
  mailbox.follow(true);
  expect(waits.map((wait) => wait.ms)).toEqual([0]);
  mailbox.stop();
  expect(waits).toEqual([]);
});
