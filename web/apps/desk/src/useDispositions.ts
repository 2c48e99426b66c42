import { dispositionTree, type DispositionNode } from "@lingtong/model";
import { useEffect, useState } from "react";
import { useServices } from "./services";

/** The tenant's dispositions as a tree; empty until they are known. */
export function useDispositions(): readonly DispositionNode[] {
  const { api } = useServices();
  const [tree, setTree] = useState<readonly DispositionNode[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    api.dispositions(abort.signal).then(
      ({ items }) => {
        setTree(dispositionTree(items));
      },
      () => {
        // The next call asks again; a note is kept until then.
      },
    );
    return () => {
      abort.abort();
    };
  }, [api]);
  return tree;
}
