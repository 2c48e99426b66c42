import type { BothWords, DispositionNode } from "@lingtong/api";

/** What an installation begins with, and has while the server names nothing of its own. */
export const DEFAULT_DISPOSITIONS: readonly DispositionNode[] = [
  node("solved", "已解决", "Solved", [
    node("solved.informed", "已解答咨询", "Question answered"),
    node("solved.changed", "已办理业务", "Request carried out"),
  ]),
  node("follow_up", "需要跟进", "To be followed up", [
    node("follow_up.call_back", "约定回电", "Call back promised"),
    node("follow_up.other_team", "转其他部门", "Passed to another team"),
  ]),
  node("complaint", "投诉", "Complaint"),
  node("not_solved", "未解决", "Not solved"),
  node("wrong_number", "拨错号码", "Wrong number"),
  node("no_speech", "无人说话", "Nobody spoke"),
];

function node(code: string, zh: string, en: string, children: DispositionNode[] = []): DispositionNode {
  return { code, title: { zh, en }, children };
}

/** One choice with the way to it. */
export interface DispositionChoice {
  code: string;
  path: readonly BothWords[];
  /** Whether finer choices stand below it. */
  parent: boolean;
}

/** All choices of a tree, from top to bottom. */
export function choicesOf(tree: readonly DispositionNode[], path: readonly BothWords[] = []): DispositionChoice[] {
  return tree.flatMap((one) => {
    const here = [...path, one.title];
    return [{ code: one.code, path: here, parent: one.children.length > 0 }, ...choicesOf(one.children, here)];
  });
}

/** The nodes from the top to this code; empty where the tree has no such code. */
export function pathTo(tree: readonly DispositionNode[], code: string): DispositionNode[] {
  for (const one of tree) {
    if (one.code === code) return [one];
    const below = pathTo(one.children, code);
    if (below.length > 0) return [one, ...below];
  }
  return [];
}
