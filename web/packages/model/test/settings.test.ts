import { describe, expect, it } from "vitest";
import { fieldOf, KINDS, kindOf, problemsIn } from "../src/settings";
import { skillRows, skillsOf } from "../src/skills";
import { madeUpSecret, sameSpec, withValue } from "../src/spec";

describe("settings", () => {
  it("names a field once in each kind, and lists only fields that there are", () => {
    for (const kind of KINDS) {
      const paths = kind.fields.map((field) => field.path);
      expect(new Set(paths).size, kind.id).toBe(paths.length);
      expect(paths, kind.id).toEqual(expect.arrayContaining([...kind.columns]));
    }
  });

  it.each([
    ["user", ["li.lei@acme", "1001"], ["", "李雷", "a b"]],
    ["number", ["95001", "+8613800138000", "*50"], ["", "95001a", "+"]],
    ["route", ["any", "0086", "+86"], ["", "everything"]],
    ["trunk", ["carrier-1"], ["Carrier", "-x", ""]],
  ])("knows names of a %s", (id, good, bad) => {
    const kind = kindOf(id);
    for (const name of good) expect(kind?.name.test(name), name).toBe(true);
    for (const name of bad) expect(kind?.name.test(name), name).toBe(false);
  });

  it("changes one value and leaves the rest", () => {
    const spec = { title: { zh: "销售" }, wrap_up_s: 5 };
    expect(withValue(spec, "wrap_up_s", 6)).toEqual({ title: { zh: "销售" }, wrap_up_s: 6 });
    expect(withValue(spec, "wrap_up_s", undefined)).toEqual({ title: { zh: "销售" } });
    expect(spec.wrap_up_s).toBe(5);
  });

  it("compares what is said and not how it is ordered", () => {
    expect(sameSpec({ a: [1, { b: 2 }], c: null }, { c: null, a: [1, { b: 2 }] })).toBe(true);
    expect(sameSpec({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
    expect(sameSpec({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(sameSpec([], {})).toBe(false);
  });

  it("finds the field that a problem is of", () => {
    const queue = kindOf("queue");
    if (queue === undefined) throw new Error("there is no kind queue");
    expect(["members[2]", "title.zh", "name"].map((path) => fieldOf(queue, path)?.path)).toEqual(["members", "title", undefined]);
  });

  it("shows an agent's skills as rows, and reads those that have a name", () => {
    const skills = { english: 7, billing: 3 };
    expect(skillsOf(skillRows(skills))).toEqual(skills);
    expect(skillRows(undefined)).toEqual([]);
    expect(skillsOf([...skillRows(skills), { skill: " ", level: 5 }, { skill: "english ", level: 9 }])).toEqual({ english: 9, billing: 3 });
  });

  it("shows at the name that something is there already", () => {
    const problem = (field: string, code: string): { field: string; code: string; message: string } => ({ field, code, message: "" });
    const shown = problemsIn([problem("", "exists"), problem("", "last_administrator"), problem("roles", "beyond_rights")]);
    expect(shown.map((p) => p.field)).toEqual(["name", "", "roles"]);
  });

  it("makes up secrets that can be read aloud", () => {
    const secret = madeUpSecret((bytes) => bytes.map((_, index) => index * 13));
    expect(secret).toMatch(/^[a-z2-9]{20}$/);
    expect(secret).not.toMatch(/[l1o0]/);
  });
});
