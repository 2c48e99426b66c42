import { describe, expect, it } from "vitest";
import {
  addNode,
  begin,
  commit,
  compareFlows,
  connect,
  copyPart,
  emptyFlow,
  findNodes,
  formOf,
  freeOutlets,
  fromTemplate,
  layOut,
  MORE,
  moveNodes,
  newNode,
  NODE_WIDTH,
  outletFor,
  pastePart,
  pathIn,
  placesOf,
  portsOf,
  readFlow,
  readPart,
  redo,
  removeNodes,
  renameNode,
  renameOutlet,
  TEMPLATES,
  undo,
  type FlowDocument,
  type KindForm,
} from "../../src/flow";

const form = (kind: string, more: Partial<KindForm> = {}): KindForm => ({ kind, fields: {}, example: { kind }, required: [], optional: [], keys: false, any: false, ...more });
const FORMS = new Map<string, KindForm>([
  ["menu", form("menu", { required: ["timeout"], optional: ["invalid"], keys: true, fields: { required: ["prompt"] }, example: { kind: "menu", prompt: "menu_main" } })],
  ["play", form("play", { optional: ["done"] })],
  ["hangup", form("hangup")],
]);

const FLOW: FlowDocument = {
  ...emptyFlow("f", "F"),
  start: "hi",
  nodes: {
    hi: { kind: "play", label: "欢迎", prompt: "greeting_main", outlets: { done: "menu" } },
    menu: { kind: "menu", prompt: "menu_main", outlets: { "1": "hi", timeout: "bye" } },
    bye: { kind: "hangup" },
  },
};

describe("a drawing is changed", () => {
  it("a node that goes takes the ways to it along", () => {
    const left = removeNodes(FLOW, new Set(["menu", "hi"]));
    expect(left.nodes).toEqual({ bye: { kind: "hangup" } });
    expect(left.start).toBe("");
    expect(removeNodes(FLOW, new Set(["bye"])).nodes["menu"]?.outlets).toEqual({ "1": "hi" });
  });

  it("what a key means goes where its outlet goes", () => {
    const words = { "1": { zh: "再听一遍", en: "Again" }, timeout: { zh: "不按", en: "No key" } };
    const flow = { ...FLOW, nodes: { ...FLOW.nodes, menu: { ...FLOW.nodes["menu"], kind: "menu", choices: words } } };
    expect(removeNodes(flow, new Set(["hi"])).nodes["menu"]?.choices).toEqual({ timeout: words.timeout });
    expect(connect(flow, "menu", "1", "bye").nodes["menu"]?.choices).toEqual(words);
    expect(renameOutlet(flow, "menu", "1", "7").nodes["menu"]?.choices).toEqual({ "7": words["1"], timeout: words.timeout });
    expect(connect(connect(flow, "menu", "1", undefined), "menu", "timeout", undefined).nodes["menu"]).not.toHaveProperty("choices");
  });

  it("the first node is the start, and names do not collide", () => {
    const first = addNode(emptyFlow("x", "X"), "menu", newNode(FORMS.get("menu") ?? form("menu")), [3.4, 7.6]);
    expect([first.flow.start, first.flow.nodes["menu"]]).toEqual(["menu", { kind: "menu", prompt: "menu_main", at: [3, 8] }]);
    expect(addNode(first.flow, "menu", { kind: "menu" }, [0, 0]).id).toBe("menu_2");
  });

  it("another id is followed by whoever names it", () => {
    const renamed = renameNode(FLOW, "hi", "welcome");
    expect([renamed.start, renamed.nodes["menu"]?.outlets?.["1"], renamed.nodes["hi"]]).toEqual(["welcome", "welcome", undefined]);
    expect(renameNode(FLOW, "hi", "menu")).toBe(FLOW);
  });

  it("ways are drawn from a key to come, moved to another key and taken away", () => {
    expect(outletFor(FLOW, "menu", MORE, FORMS.get("menu"))).toBe("2");
    const two = connect(FLOW, "menu", "2", "bye");
    expect(renameOutlet(two, "menu", "2", "9").nodes["menu"]?.outlets).toEqual({ "1": "hi", timeout: "bye", "9": "bye" });
    expect(renameOutlet(two, "menu", "2", "1")).toEqual(two);
    expect(connect(connect(FLOW, "menu", "1", undefined), "menu", "timeout", undefined).nodes["menu"]).not.toHaveProperty("outlets");
    expect(freeOutlets(FLOW.nodes["menu"] ?? { kind: "" }, FORMS.get("menu"))).not.toContain("1");
  });

  it("ports come in the order in which people read them", () => {
    const ports = portsOf(FLOW.nodes["menu"] ?? { kind: "" }, FORMS.get("menu"));
    expect(ports.map((port) => port.name)).toEqual(["1", "timeout", "invalid", MORE]);
    expect(ports.map((port) => port.to)).toEqual(["hi", "bye", null, null]);
  });
});

describe("steps are taken back", () => {
  it("typing is one step, and a new change forgets the way forth", () => {
    let history = begin("");
    for (const text of ["a", "ab", "abc"]) history = commit(history, text, "name");
    history = commit(history, "moved");
    expect(undo(history).present).toBe("abc");
    expect(undo(undo(history)).present).toBe("");
    expect(redo(undo(history)).present).toBe("moved");
    expect(redo(commit(undo(history), "other")).present).toBe("other");
    expect(undo(undo(undo(undo(history)))).present).toBe("");
  });
});

describe("nodes are placed", () => {
  it("a flow in which all leads everywhere is laid out too, column by column", () => {
    const ids = Array.from({ length: 300 }, (_, index) => `n${String(index)}`);
    const outlets = (index: number): Record<string, string> => Object.fromEntries(Array.from({ length: 9 }, (_, key) => [String(key), `n${String((index * 37 + key * 53 + 1) % 300)}`]));
    const dense = { ...emptyFlow("d", "D"), start: "n0", nodes: Object.fromEntries(ids.map((id, index) => [id, { kind: "menu", prompt: "menu_main", outlets: outlets(index) }])) };
    const places = layOut(dense, FORMS);
    expect(places.get("n0")).toEqual([0, 0]);
    expect(new Set([...places.values()].map(String)).size).toBe(300);
  });

  it("ways go to the right and nothing lies on anything else", () => {
    const nodes = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`n${String(n)}`, { kind: "play", outlets: { done: `n${String((n * 7 + 1) % 300)}` } }]));
    for (const flow of [FLOW, { ...FLOW, nodes, start: "n0" }]) {
      const boxes = [...layOut(flow, FORMS).values()];
      const apart = boxes.every(([x, y], at) => boxes.every(([x2, y2], other) => other <= at || Math.abs(x - x2) >= NODE_WIDTH || Math.abs(y - y2) >= 74));
      expect(apart).toBe(true);
    }
    const places = layOut(FLOW, FORMS);
    expect(places.get("hi")?.[0]).toBeLessThan(places.get("menu")?.[0] ?? 0);
  });

  it("what has a place keeps it", () => {
    const moved = moveNodes(FLOW, new Map([["hi", [5, 5]]]));
    expect(placesOf(moved, FORMS).get("hi")).toEqual([5, 5]);
    expect(placesOf(moved, FORMS).size).toBe(3);
  });
});

describe("parts are copied", () => {
  it("into another flow, with the ways among them and under free names", () => {
    const text = copyPart(FLOW, new Set(["menu", "bye"]), new Set(), new Map());
    const part = readPart(text);
    const pasted = part === null ? null : pastePart({ ...FLOW, id: "other" }, part);
    expect(pasted?.ids).toEqual(["menu_2", "bye_2"]);
    expect(pasted?.flow.nodes["menu_2"]?.outlets).toEqual({ timeout: "bye_2" });
  });

  it("but another text on the clipboard is left alone", () => {
    expect([readPart("hello"), readPart("{}"), readPart('{"type":"lingtong/flow-part","nodes":7}')]).toEqual([null, null, null]);
  });
});

describe("flows are compared", () => {
  it("by what they do, not by where they are drawn", () => {
    const moved = moveNodes(FLOW, new Map([["hi", [90, 90]]]));
    expect(compareFlows(FLOW, moved).count).toEqual({ added: 0, removed: 0, changed: 0 });
    const is = connect(addNode(removeNodes(FLOW, new Set(["bye"])), "echo", { kind: "echo" }, [0, 0]).flow, "menu", "2", "hi");
    const difference = compareFlows(FLOW, is);
    expect(Object.fromEntries(difference.nodes)).toEqual({ hi: "same", menu: "changed", bye: "removed", echo: "added" });
    expect(difference.fields.get("menu")).toEqual(["outlets.timeout", "outlets.2"]);
    expect([difference.ways.get("menu.2"), difference.ways.get("menu.timeout")]).toEqual(["added", "removed"]);
    expect(Object.keys(difference.both.nodes)).toContain("bye");
  });
});

describe("a walk is lit", () => {
  const step = (node: string, kind: string, outlet: string | null, flow?: string, version?: number): { node: string; kind: string; outlet: string | null; flow?: string; version?: number } => ({ node, kind, outlet, ...(flow === undefined ? {} : { flow }), ...(version === undefined ? {} : { version }) });

  it("in the flow that it walked and in no other", () => {
    const steps = [step("hi", "play", "done", "f", 3), step("menu", "menu", "1"), step("menu", "menu", null, "sub", 1), step("hi", "play", null, "f", 3)];
    const path = pathIn(FLOW, steps);
    expect([path.nodes.get("hi"), path.nodes.get("menu"), path.version, path.last]).toEqual([[1, 4], [2], 3, "hi"]);
    expect([...path.ways]).toEqual(["hi.done", "menu.1"]);
  });

  it("also where the record does not name the flow", () => {
    const path = pathIn(FLOW, [step("hi", "play", "done"), step("gone", "menu", "1")]);
    expect([path.nodes.size, path.version]).toEqual([1, null]);
  });
});

it("a document that is none is refused, and what can be drawn is kept", () => {
  expect([readFlow(null), readFlow({}), readFlow({ nodes: { a: 1 } }), readFlow({ nodes: { a: {} } })]).toEqual([null, null, null, null]);
  expect(readFlow({ nodes: { a: { kind: "future", x: 1, at: ["?"] } } })?.nodes["a"]).toEqual({ kind: "future", x: 1 });
});

it("nodes are found by name, id, kind and content", () => {
  const find = (text: string): string[] => findNodes(FLOW, text, "zh-CN", (kind) => (kind === "hangup" ? "挂断" : kind));
  expect([find("欢迎"), find("挂断"), find("menu_main"), find(" ")]).toEqual([["hi"], ["bye"], ["menu"], []]);
});

it("a form asks as the schema says", () => {
  const fields = {
    required: ["queue"],
    $defs: { Say: { anyOf: [] }, Op: { type: "string", enum: ["eq", "ne"] } },
    properties: { op: { oneOf: [{ $ref: "#/$defs/Op" }], default: "eq" }, prompt: { $ref: "#/$defs/Say" }, queue: { type: "string", format: "queue" }, n: { type: ["integer", "null"], minimum: 1, maximum: 60 }, weekly: { type: "object", propertyNames: { format: "weekly" } } },
  };
  const asked = formOf(form("x", { fields }));
  expect(asked.map((field) => [field.name, field.type])).toEqual([["queue", "named"], ["prompt", "say"], ["op", "choice"], ["n", "number"], ["weekly", "weekly"]]);
  expect(asked[2]).toMatchObject({ options: ["eq", "ne"], fallback: "eq", required: false });
});

it("every template is drawn whole, with a centre's own queues", () => {
  for (const template of TEMPLATES) {
    const flow = fromTemplate(template, "mine", "en-US", FORMS, ["vip"]);
    const ids = Object.keys(flow.nodes);
    expect(ids).toContain(flow.start);
    for (const node of Object.values(flow.nodes)) {
      expect(node.at).toHaveLength(2);
      for (const target of Object.values(node.outlets ?? {})) expect(ids).toContain(target);
      if (typeof node["queue"] === "string") expect(node["queue"]).toBe("vip");
    }
  }
});
