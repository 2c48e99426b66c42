import { nodeName, without, type FlowDocument } from "./document";

/** Nodes whose name, id, kind or content holds a text; in the order of the document. */
export function findNodes(flow: FlowDocument, text: string, language: string, kindName: (kind: string) => string): string[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const holds = (id: string): boolean => {
    const node = flow.nodes[id];
    if (node === undefined) return false;
    const said = without(node, "at", "outlets");
    const words = [id, nodeName(node, language) ?? "", kindName(node.kind), JSON.stringify(said)];
    return words.some((word) => word.toLowerCase().includes(wanted));
  };
  return Object.keys(flow.nodes).filter(holds);
}
