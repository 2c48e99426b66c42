import { describe, expect, it } from "vitest";
import { emptyFlow, offersAt, variablesOf, type KindForm } from "../../src/flow";

const WORDS = { variables: ["caller", "hour"], functions: ["contains", "int", "queue", "startsWith"], queue_figures: ["waiting", "ready"], max_chars: 500 };
const words = (text: string, own: string[] = []): string[] => offersAt(text, text.length, WORDS, own, ["sales", "support"]).map((offer) => offer.word);
const taken = (text: string, word: string): string | undefined => offersAt(text, text.length, WORDS, ["card"], ["sales"]).find((offer) => offer.word === word)?.text;

describe("an expression is typed", () => {
  it("variables and functions that begin alike are offered", () => {
    expect(words("hour < 18 && ca", ["card"])).toEqual(["card", "caller"]);
    expect(taken("hour < 18 && ca", "card")).toBe("hour < 18 && card");
    expect(taken("i", "int")).toBe("int(");
    expect(words("")).toEqual([]);
  });

  it("queues, what they have, and what a text can do", () => {
    expect(words('queue("s')).toEqual(["sales", "support"]);
    expect(taken('queue("', "sales")).toBe('queue("sales');
    expect(words('queue("sales").')).toEqual(["waiting", "ready", "contains", "startsWith"]);
    expect(taken("caller.st", "startsWith")).toBe('caller.startsWith("');
  });

  it("nothing is offered within a text", () => {
    expect(words('caller == "ho')).toEqual([]);
  });

  it("what comes after the caret stays", () => {
    expect(offersAt("ho < 9", 2, WORDS, [], [])[0]?.text).toBe("hour < 9");
  });

  it("a flow's own variables are known", () => {
    const form = (kind: string, fields: KindForm["fields"]): KindForm => ({ kind, fields, example: { kind }, required: [], optional: [], keys: false, any: false });
    const forms = new Map([
      ["collect", form("collect", { properties: { variable: { type: "string", format: "variable", default: "digits" } } })],
      ["set", form("set", { properties: { values: { type: "object", propertyNames: { format: "values" } }, expressions: { type: "object", propertyNames: { format: "expressions" } } } })],
    ]);
    const flow = { ...emptyFlow("f", "F"), nodes: { a: { kind: "collect" }, b: { kind: "set", values: { vip: true }, expressions: { due: "1" } } } };
    expect(variablesOf(flow, forms)).toEqual(["digits", "due", "vip"]);
  });
});
