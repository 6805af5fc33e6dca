/** Segments: lists with how they grew, live counts, people, overlaps. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask, send } from "./client";
import { askAll, useCursorList } from "./lists";
import type { Contact, Narrowed, Page, Schemas } from "./types";

/** A rule as the rule editor writes it. */
export type RuleTree = Record<string, unknown>;
export interface Combine {
  all?: string[];
  any?: string[];
  none?: string[];
}
export type Segment = Narrowed<Schemas["SegmentOut"], { rule: RuleTree | null; combine: Combine | null }>;
export type SegmentKind = Segment["kind"];
export type SegmentCount = Schemas["SegmentCountOut"];
export type SegmentDay = Schemas["SegmentDayOut"];
export type SegmentUse = Schemas["UseOut"];
export type Overlap = Schemas["OverlapOut"];
export type Uploaded = Schemas["UploadOut"];
export type Put = Schemas["PutOut"];

export const SEGMENTS = ["segments"] as const;
const FILLING_MS = 1500;

export function useSegments(q = "") {
  const list = useCursorList<Segment>([...SEGMENTS, "list"], "segments", { q });
  return list;
}

/** Every segment of the workspace, for pickers and for drawing. */
export function useAllSegments() {
  return useQuery({
    queryKey: [...SEGMENTS, "all"],
    queryFn: ({ signal }) => askAll<Segment>("segments", signal),
  });
}

/** One segment with its revision's tag; looked at again while it is being filled. */
export function useSegment(key: string | undefined) {
  return useQuery({
    queryKey: [...SEGMENTS, "one", key],
    queryFn: () => ask<Segment>(`segments/${key}`),
    enabled: key !== undefined,
    refetchInterval: (query) => (query.state.data?.state === "filling" ? FILLING_MS : false),
  });
}

/** For how many a rule holds now; the number before stays until the new one is there. */
export function useLiveCount(rule: RuleTree | null) {
  return useQuery({
    queryKey: [...SEGMENTS, "count", rule],
    queryFn: ({ signal }) =>
      ask<SegmentCount>("segments/count", { method: "POST", body: { rule: rule ?? {} }, signal }),
    enabled: rule !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Who is in a segment; `counted` is how many were in it when last asked: another number means other people. */
export function useSegmentPeople(key: string, also: string[] = [], out: string[] = [], counted?: number) {
  return useCursorList<Contact>([...SEGMENTS, "people", key, counted], `segments/${key}/contacts`, {
    also: also.join(),
    out: out.join(),
  });
}

export function useSegmentDays(key: string, days: number) {
  return useQuery({
    queryKey: [...SEGMENTS, "days", key, days],
    queryFn: async () => (await ask<Page<SegmentDay>>(`segments/${key}/history`, { query: { days } })).items,
  });
}

export function useSegmentUses(key: string) {
  return useQuery({
    queryKey: [...SEGMENTS, "uses", key],
    queryFn: async () => (await ask<Page<SegmentUse>>(`segments/${key}/usage`)).items,
  });
}

export function useOverlap(keys: string[]) {
  return useQuery({
    queryKey: [...SEGMENTS, "overlap", keys],
    queryFn: ({ signal }) => ask<Overlap>("segments/overlap", { method: "POST", body: { keys }, signal }),
    enabled: keys.length >= 2,
  });
}

export interface SegmentDraft {
  name: string;
  kind: SegmentKind;
  description?: string;
  rule?: RuleTree;
  combine?: Combine;
}

function useChanging<Given, Answer>(act: (given: Given) => Promise<Answer>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => cache.invalidateQueries({ queryKey: SEGMENTS }),
  });
}

export const useMakeSegment = () =>
  useChanging((draft: SegmentDraft) => ask<Segment>("segments", { method: "POST", body: draft }));

export const useChangeSegment = (key: string) =>
  useChanging(async ({ revision, ...body }: Partial<Omit<SegmentDraft, "kind">> & { revision: number }) => {
    const headers = { "If-Match": `"${revision}"` };
    const answer = await send(`segments/${key}`, { method: "PATCH", body, headers });
    return (await answer.json()) as Segment;
  });

export const useDeleteSegment = () =>
  useChanging((key: string) => ask<void>(`segments/${key}`, { method: "DELETE" }));

export const usePutPeople = (key: string) =>
  useChanging((body: { act: "add" | "remove"; contact_ids?: number[]; external_ids?: string[] }) =>
    ask<Put>(`segments/${key}/contacts`, { method: "POST", body }),
  );

export const useUploadPeople = (key: string) =>
  useChanging((file: File) => {
    const form = new FormData();
    form.set("file", file);
    return ask<Uploaded>(`segments/${key}/upload`, { method: "POST", form });
  });

/** Some of those for whom a rule holds. */
export function useRulePreview(rule: RuleTree | null) {
  return useQuery({
    queryKey: [...SEGMENTS, "preview", rule],
    queryFn: async ({ signal }) =>
      (await ask<Page<Contact>>("segments/preview", { method: "POST", body: { rule: rule ?? {} }, signal }))
        .items,
    enabled: rule !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
