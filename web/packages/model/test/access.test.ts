import { describe, expect, it } from "vitest";
import { mayOpen } from "../src/access";

describe("an address", () => {
  const agent = { permissions: [] };
  const supervisor = { permissions: ["interactions.read_all" as const] };

  it("opens for those who may use its page", () => {
    for (const path of ["/live", "/callbacks", "/callbacks/7", "/wall", "/dashboards", "/screen/7"]) {
      expect(mayOpen(agent, path)).toBe(false);
      expect(mayOpen(supervisor, path)).toBe(true);
    }
  });

  it("that is no page's, or everybody's, opens for all", () => {
    for (const path of ["/", "/interactions", "/interactions/0000000000001", "/liveness"]) {
      expect(mayOpen(agent, path)).toBe(true);
    }
  });
});
