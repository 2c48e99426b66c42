import { toApiError, type ApiError, type Basis, type FieldProblem, type Resource, type ResourceCheck, type ResourceDetail, type Spec } from "@lingtong/api";
import { fieldOf, problemsIn, sameSpec, withValue, type Kind } from "@lingtong/model";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useServices } from "../services";
import { useSettled } from "../useSettled";

/** The server is asked when nobody has typed for so long. */
const PAUSE_MS = 300;

export interface Draft {
  name: string;
  spec: Spec;
  /** Null: it is new. */
  stored: ResourceDetail | null;
  dirty: boolean;
  check: ResourceCheck | undefined;
  /** Problems that are to be shown now: of fields that were touched, or of all once somebody has tried to save. */
  problems: readonly FieldProblem[];
  /** Problems of no field of the form. */
  whole: readonly FieldProblem[];
  saving: boolean;
  error: ApiError | null;
  rename: (name: string) => void;
  change: (path: string, value: unknown) => void;
  save: () => void;
  /** Drops what was typed and takes what the server has now. */
  takeTheirs: () => void;
}

function basisOf(stored: ResourceDetail | null): Basis {
  return stored === null ? { fresh: true } : { revision: stored.revision };
}

/** What is typed, checked by the server as it goes along. */
export function useDraft(kind: Kind, stored: ResourceDetail | null, saved: (resource: Resource, typed: Spec) => void): Draft {
  const { settings, queries } = useServices();
  const [name, setName] = useState(stored?.name ?? kind.only ?? "");
  const [spec, setSpec] = useState<Spec>(stored?.spec ?? {});
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const dirty = stored === null ? name !== (kind.only ?? "") || Object.keys(spec).length > 0 : !sameSpec(spec, stored.spec);
  const named = kind.name.test(name);
  const asked = useSettled(spec, PAUSE_MS);
  const askedName = useSettled(name, PAUSE_MS);
  const check = useQuery({
    queryKey: ["settings-check", kind.id, askedName, asked, stored?.revision],
    queryFn: () => settings.check(kind.id, askedName, asked, basisOf(stored)),
    enabled: named && dirty && kind.name.test(askedName),
    // Passwords may be among the fields: they are not kept for longer than the form.
    gcTime: 0,
    retry: false,
    placeholderData: (before) => before,
  });
  const save = useMutation({
    mutationFn: () => settings.put(kind.id, name, spec, basisOf(stored)),
    // A password that was typed is not kept for longer than the form.
    gcTime: 0,
    onSuccess: async (resource) => {
      await queries.invalidateQueries({ queryKey: ["settings"] });
      saved(resource, spec);
    },
  });
  const error = save.error === null ? null : toApiError(save.error);
  const all = problemsIn(error !== null && error.problems.length > 0 ? error.problems : (check.data?.problems ?? []));
  const atField = (problem: FieldProblem): boolean => problem.field === "name" || fieldOf(kind, problem.field) !== undefined;
  const root = (path: string): string => path.split(/[.[]/, 1)[0] ?? "";
  return {
    name,
    spec,
    stored,
    dirty,
    check: check.data,
    problems: all.filter((problem) => atField(problem) && (tried || touched.has(root(problem.field)))),
    // A conflict is told by itself, with a way out of it.
    whole: all.filter((problem) => !atField(problem) && problem.code !== "conflict"),
    saving: save.isPending,
    error,
    rename: (text) => {
      setName(text);
      setTouched((before) => new Set(before).add("name"));
      save.reset();
    },
    change: (path, value) => {
      setSpec((before) => withValue(before, path, value));
      setTouched((before) => new Set(before).add(path));
      save.reset();
    },
    save: () => {
      setTried(true);
      if (named) save.mutate();
    },
    takeTheirs: () => {
      save.reset();
      void queries.invalidateQueries({ queryKey: ["settings", kind.id] });
    },
  };
}
