import { describe, expect, it } from "vitest";
import { emptyFlow, offersAt, offersWithin, variablesAt, variablesOf, type KindForm } from "../../src/flow";

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

  it("within double braces alone where it is a text, and what is around them stays", () => {
    const within = (text: string): (string | undefined)[] => {
      const caret = text.indexOf("|");
      const whole = text.replace("|", "");
      return offersWithin(whole, caret, WORDS, ["card"], []).map((offer) => offer.text);
    };
    expect(within("SELECT ca|")).toEqual([]);
    expect(within("a = {{ ca| }} AND b")).toEqual(["a = {{ card }} AND b", "a = {{ caller }} AND b"]);
    expect(within("a = {{ car|")).toEqual(["a = {{ card }}"]);
    expect(within("{{ hour }} ca|")).toEqual([]);
  });

  it("variables are known at a node that can be set by then", () => {
    const fields = { properties: { columns: { type: "object", propertyNames: { format: "columns" } } } };
    const forms = new Map([["look", { kind: "look", fields, example: { kind: "look" }, required: [], optional: [], keys: false, any: false }]]);
    const look = (name: string, to?: string): { kind: string; columns: Record<string, string>; outlets?: Record<string, string> } => ({ kind: "look", columns: { [name]: "x" }, ...(to === undefined ? {} : { outlets: { found: to } }) });
    const flow = { ...emptyFlow("f", "F"), nodes: { a: look("one", "b"), b: look("two", "c"), c: look("three", "b"), d: look("four"), e: look("five", "a") } };
    expect(variablesAt(flow, "a", forms)).toEqual(["five"]);
    expect(variablesAt(flow, "b", forms)).toEqual(["five", "one", "three", "two"]);
    expect(variablesAt(flow, "d", forms)).toEqual([]);
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
