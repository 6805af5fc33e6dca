/** What the compare view shows: both definitions, their differences, and where one is among them. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { getDiff, type Change } from "@/api/changing";

import { getVersion } from "../api";
import { complete, type Definition, type Id } from "../model/definition";
import { clearMarks, setMarks, useMarks } from "../publish/marks";
import { useSavedRevision } from "../publish/usePublishing";
import { byStage, marksOf, withCompany } from "../publish/words";
import { selectDefinition, useCanvas } from "../store";
import { placed } from "./placed";
import { useComparing, type Shown } from "./store";

/** One drawing; the draft is taken from the canvas itself. */
function useDefinition(shown: Shown | null) {
  const journey = useCanvas((state) => state.journey?.id ?? null);
  const draft = useCanvas(selectDefinition);
  const asked = useQuery({
    queryKey: ["version", journey, shown],
    queryFn: async () => placed(complete((await getVersion(journey!, shown as number)).definition)),
    enabled: typeof shown === "number" && journey !== null,
    staleTime: Infinity,
  });
  return { definition: shown === "draft" ? draft : asked.data, error: asked.error };
}

export function useComparison() {
  const { left, right } = useComparing();
  const journey = useCanvas((state) => state.journey?.id ?? null);
  const revision = useSavedRevision();
  const old = useDefinition(left);
  const young = useDefinition(right);
  const diff = useQuery({
    queryKey: ["diff", journey, left, right, left === "draft" || right === "draft" ? revision : null],
    queryFn: ({ signal }) => getDiff(journey!, left!, right!, signal),
    enabled: journey !== null && left !== null && right !== null,
  });
  const changes = right === null ? undefined : diff.data?.changes;
  useEffect(() => {
    if (changes) setMarks(marksOf(changes));
    return clearMarks;
  }, [changes]);
  const order = useMemo(
    () => inOrder(changes, old.definition, young.definition),
    [changes, old.definition, young.definition],
  );
  const [at, setAt] = useState(-1);
  return {
    left: old.definition,
    right: young.definition,
    diff: right === null ? undefined : diff.data,
    error: old.error ?? young.error ?? diff.error,
    count: order.length,
    at: Math.min(at, order.length - 1),
    /** Goes to the difference so many further on, round and round; gives its node. */
    go(by: number): Id | null {
      if (order.length === 0) return null;
      const next = (Math.max(at, by > 0 ? -1 : 0) + by + order.length) % order.length;
      return this.show(order[next]!);
    },
    show(change: Change): Id | null {
      const n = order.findIndex((one) => one.node === change.node && one.what === change.what);
      setAt(n);
      useMarks.setState({ at: change.node });
      return change.node || null;
    },
  };
}

/** Differences as the list shows them, those that belong to nothing on the canvas among them. */
function inOrder(
  changes: readonly Change[] | undefined,
  left: Definition | undefined,
  right: Definition | undefined,
): Change[] {
  if (!changes || !left || !right) return [];
  return byStage(changes, right, left).flatMap((group) =>
    withCompany(group.changes).map(({ change }) => change),
  );
}
