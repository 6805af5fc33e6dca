import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import type { Page, Words } from "./types";

const STOP = ["stop"] as const;
const GUARDS = ["guards"] as const;
const TRIPS = ["guard-trips"] as const;
/** Somebody else may press the button: everybody sees it soon. */
const LOOK_MS = 15_000;
/** While what waited is on its way back. */
const SOON_MS = 2_000;

export interface Stopped {
  since: string;
  by: string;
  reason: string;
  until: string | null;
  released_by: string;
  note: string;
}

export interface Stop {
  state: "sending" | "stopped" | "releasing";
  since: string | null;
  by: string;
  reason: string;
  waiting: number;
  history: Stopped[];
}

export type Measure = "deletion" | "complaint" | "failure";
export type Per = "step" | "material" | "staff";
export type GuardAction = "tell" | "slow" | "pause";

export interface GuardRule {
  measure: Measure;
  per: Per;
  within_hours: number;
  over_hours: number;
  percent: number;
  minimum: number;
  action: GuardAction;
  factor: number;
}

export interface Guard {
  id: number;
  name: string;
  rule: GuardRule;
  state: "on" | "off";
  open: number;
  tripped: number;
  last_trip: string | null;
}

export interface OfferedGuard {
  key: string;
  name: Words;
  rule: GuardRule;
}

export interface Trip {
  id: number;
  guard: string;
  per: Per;
  title: string;
  journey_id: number | null;
  step: string | null;
  rule: GuardRule;
  action: GuardAction;
  at: string;
  touches: number;
  hits: number;
  until: string | null;
  released_by: string;
  note: string;
}

export interface GuardPreview {
  known: boolean;
  days: number;
  messages: number;
  hits: number;
  count: number;
  trips: { at: string; title: string; touches: number; hits: number }[];
}

export function useStop() {
  return useQuery({
    queryKey: STOP,
    queryFn: () => ask<Stop>("stop"),
    refetchInterval: ({ state }) => (state.data?.state === "releasing" ? SOON_MS : LOOK_MS),
  });
}

export function usePressStop() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (reason: string) => ask<Stop>("stop", { method: "POST", body: { reason } }),
    onSuccess: (stop) => cache.setQueryData(STOP, stop),
  });
}

export function useReleaseStop() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (note: string) =>
      ask<Stop>(`stop?${new URLSearchParams({ note }).toString()}`, { method: "DELETE" }),
    onSuccess: (stop) => cache.setQueryData(STOP, stop),
  });
}

export function useGuards() {
  return useQuery({
    queryKey: GUARDS,
    queryFn: () => ask<{ items: Guard[]; offered: OfferedGuard[] }>("guards"),
  });
}

export function useSaveGuard(id: number | null) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { name?: string; rule?: GuardRule; state?: "on" | "off" }) =>
      ask<Guard>(id === null ? "guards" : `guards/${id}`, { method: id === null ? "POST" : "PATCH", body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: GUARDS }),
  });
}

export function useDeleteGuard(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => ask<void>(`guards/${id}`, { method: "DELETE" }),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: GUARDS }),
        cache.invalidateQueries({ queryKey: TRIPS }),
      ]),
  });
}

/** How often a rule would have tripped in the last weeks. */
export function useGuardPreview(rule: GuardRule) {
  return useQuery({
    queryKey: ["guard-preview", rule],
    queryFn: () => ask<GuardPreview>("guards/preview", { method: "POST", body: { rule } }),
    placeholderData: (before) => before,
  });
}

/** What guards hold now, or have held; of one journey if it is given. */
export function useTrips(state?: "open", journeyId?: number) {
  const asked = new URLSearchParams({ limit: "50" });
  if (state) asked.set("state", state);
  if (journeyId) asked.set("journey_id", String(journeyId));
  return useQuery({
    queryKey: [...TRIPS, state ?? "all", journeyId ?? 0],
    queryFn: async () => (await ask<Page<Trip>>(`guards/trips?${asked.toString()}`)).items,
    refetchInterval: LOOK_MS,
  });
}

export function useReleaseTrip() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, note }: { id: number; note: string }) =>
      ask<Trip>(`guards/trips/${id}/release`, { method: "POST", body: { note } }),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: TRIPS }),
        cache.invalidateQueries({ queryKey: GUARDS }),
      ]),
  });
}
