/** What the publish drawer knows: differences, where people stand, and what would become of them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";

import { getDiff, previewMove, type Group, type MovePreview } from "@/api/changing";
import { useSettled } from "@/parts/useSettled";

import { isUnsaved, saveNow } from "../autosave";
import { complete, type Definition } from "../model/definition";
import { useCanvas } from "../store";
import { clearMarks, setMarks } from "./marks";
import { endReview, review, useReview } from "./review";
import { marksOf } from "./words";

const QUIET_MS = 250;

/** The revision on the server once everything is saved; null while it is not. */
export function useSavedRevision(): number | null {
  const revision = useCanvas((state) => state.revision);
  const saved = useCanvas((state) => state.stored === state.history.present);
  useEffect(() => {
    if (isUnsaved()) void saveNow();
  }, []);
  // A draft with its places put right is saved only with the next edit, and means the same.
  const last = useRef<number | null>(null);
  if (saved) last.current = revision;
  return saved ? revision : last.current;
}

/** The differences between what runs and what is about to; they are marked on the canvas while they are read. */
export function useDifferences(
  journey: number,
  from: number | "live" | null,
  to: number | "draft",
  revision: number | null,
) {
  const asked = useQuery({
    queryKey: ["diff", journey, from, to, revision],
    queryFn: ({ signal }) => getDiff(journey, from!, to, signal),
    enabled: from !== null && revision !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const diff = asked.data;
  useEffect(() => {
    if (!diff) return;
    setMarks(marksOf(diff.changes));
    if (to === "draft") review(complete(diff.definitions.from as Partial<Definition>));
  }, [diff, to]);
  useEffect(
    () => () => {
      clearMarks();
      endReview();
    },
    [],
  );
  return asked;
}

/** Who stands where, and where they would go as the groups say. */
export function usePreview(journey: number, to: number | "draft", revision: number | null, wanted: boolean) {
  const [chosen, setChosen] = useState<Record<number, Group>>({});
  const asked = useSettled(chosen, QUIET_MS);
  const first = useQuery({
    queryKey: ["move-preview", journey, to, revision],
    queryFn: ({ signal }) => previewMove(journey, { to }, signal),
    enabled: wanted && revision !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const groups = useMemo(() => groupsOf(first.data, asked), [first.data, asked]);
  const moves = groups.some((group) => group.mode !== "stay");
  const then = useQuery({
    queryKey: ["move-preview", journey, to, revision, groups],
    queryFn: ({ signal }) => previewMove(journey, { to, groups }, signal),
    enabled: wanted && moves && revision !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const preview = moves ? (then.data ?? first.data) : first.data;
  useEffect(() => {
    if (preview) useReview.setState({ counts: { before: preview.before, after: preview.after } });
  }, [preview]);
  return {
    preview,
    groups: groupsOf(first.data, chosen),
    choose: (group: Group) => setChosen((before) => ({ ...before, [group.version]: group })),
    busy: first.isFetching || then.isFetching || asked !== chosen,
    error: first.error ?? (moves ? then.error : null),
  };
}

/** One group for each version with people inside: as it was chosen, or staying, with the suggested targets at hand. */
export function groupsOf(preview: MovePreview | undefined, chosen: Record<number, Group>): Group[] {
  return (preview?.groups ?? []).map(
    (group) =>
      chosen[group.version] ?? {
        version: group.version,
        mode: group.mode,
        targets: Object.fromEntries(
          group.places.flatMap(({ place, kept, target, suggestion }) => {
            const to = target ?? suggestion;
            return !kept && to ? [[place, to]] : [];
          }),
        ),
      },
  );
}

/** Places from which people would have nowhere to go. */
export const missingIn = (preview: MovePreview | undefined, groups: readonly Group[]): number =>
  groups.reduce((sum, group) => {
    if (group.mode === "stay") return sum;
    const places = preview?.groups.find((one) => one.version === group.version)?.places ?? [];
    return sum + places.filter((place) => !place.kept && !group.targets[place.place]).length;
  }, 0);

/** How many would be moved, as far as is known here. */
export const peopleIn = (preview: MovePreview | undefined, groups: readonly Group[]): number =>
  groups.reduce((sum, group) => {
    const inside = preview?.groups.find((one) => one.version === group.version)?.inside ?? 0;
    return group.mode === "stay" ? sum : sum + inside;
  }, 0);
