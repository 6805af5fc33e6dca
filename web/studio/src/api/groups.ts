import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { useCursorList } from "./lists";
import type { Schemas, Words } from "./types";

export const GROUPS = ["groups"] as const;

export type PhaseKey = "build" | "activate" | "monetise" | "retain";
export type Group = Schemas["CustomerGroupOut"];
export type GroupDay = Schemas["GroupDayOut"];
export type GroupMember = Schemas["GroupMemberOut"];

export interface Measure {
  key: string;
  title: Words;
  unit: "share" | "amount";
  value: number | null;
  threshold: number | null;
  falls: boolean;
  low: boolean;
  remedy: Words;
}

export interface Phase {
  key: PhaseKey;
  title: Words;
  measures: Measure[];
}

export type Progress = Schemas["EnrollingProgressOut"];

export interface Wanted {
  q: string;
  phase?: string;
}

const ASKED_AGAIN_MS = 700;

export function useGroups({ q, phase }: Wanted) {
  return useCursorList<Group>([...GROUPS, "list"], "groups", { q, phase });
}

export function useGroup(id: number) {
  return useQuery({ queryKey: [...GROUPS, id], queryFn: () => ask<Group>(`groups/${id}`) });
}

/** How many groups are in each phase of their life. */
export function useGroupsOverview() {
  return useQuery({
    queryKey: [...GROUPS, "overview"],
    queryFn: () => ask<Schemas["GroupsOverviewOut"]>("groups/overview"),
  });
}

export function useGroupNumbers(id: number, days: number) {
  return useQuery({
    queryKey: [...GROUPS, id, "numbers", days],
    queryFn: () => ask<Schemas["GroupNumbersOut"]>(`groups/${id}/numbers`, { query: { days } }),
    placeholderData: (before) => before,
  });
}

export function useGroupMembers(id: number) {
  return useCursorList<GroupMember>([...GROUPS, id, "members"], `groups/${id}/members`);
}

export interface NewGroup {
  key: string;
  name?: string;
  owner?: string;
  notice?: string;
  tags?: string[];
}

export function useAddGroup() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (group: NewGroup) =>
      ask<{ created: number; updated: number }>("groups/batch", {
        method: "POST",
        body: { groups: [group] },
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: GROUPS }),
  });
}

export type Whom = { group_ids: number[] } | { where: Record<string, unknown> };

/** Puts many groups into one journey; the answer names the batch under which its progress is told. */
export function useEnrollGroups() {
  return useMutation({
    mutationFn: ({ journey, whom }: { journey: number; whom: Whom }) =>
      ask<Schemas["EnrolledGroupsOut"]>(`journeys/${journey}/enroll-groups`, { method: "POST", body: whom }),
  });
}

/** How far such a batch has come; asked again until it is through. */
export function useEnrolling(journey: number | undefined, batch: string | undefined) {
  return useQuery({
    queryKey: [...GROUPS, "enrolling", journey, batch],
    queryFn: () => ask<Progress>(`journeys/${journey}/enroll-groups/${batch}`),
    enabled: journey !== undefined && batch !== undefined,
    refetchInterval: (query) => (query.state.data?.done ? false : ASKED_AGAIN_MS),
  }).data;
}
