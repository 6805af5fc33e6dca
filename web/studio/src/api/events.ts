import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import type { Page, Schemas } from "./types";

export type EventKind = Schemas["EventKindOut"];
export type EventDetail = Schemas["EventDetailOut"];
export type EventWarning = Schemas["WarningOut"];
export type LiveEvent = Schemas["EventOut"];

const EVENTS = ["event-catalogue"] as const;
const LOOKED_EVERY_MS = 2000;
const SHOWN = 200;
const AT_ONCE = 100;

export function useEventKinds() {
  return useQuery({
    queryKey: EVENTS,
    queryFn: async () => (await ask<Page<EventKind>>("event-catalogue")).items,
    staleTime: 0,
  });
}

export function useEventKind(name: string | null) {
  return useQuery({
    queryKey: [...EVENTS, name],
    queryFn: () => ask<EventDetail>(`event-catalogue/${encodeURIComponent(name ?? "")}`),
    enabled: name !== null,
  });
}

export function useDescribeEvent(name: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { title?: string; own_doing?: boolean }) =>
      ask<EventDetail>(`event-catalogue/${encodeURIComponent(name)}`, { method: "PATCH", body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: EVENTS }),
  });
}

export function useDismissWarning() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => ask(`event-catalogue/warnings/${id}/dismiss`, { method: "POST" }),
    onSuccess: () => cache.invalidateQueries({ queryKey: EVENTS }),
  });
}

/** The last 200 events, looked for every two seconds; only what is newer is asked for. */
export function useLiveEvents(name: string, contact: number | undefined, paused: boolean) {
  const cache = useQueryClient();
  const key = ["live-events", name, contact];
  return useQuery({
    queryKey: key,
    queryFn: async () => {
      const before = cache.getQueryData<LiveEvent[]>(key) ?? [];
      const query = { limit: AT_ONCE, name: name || undefined, contact_id: contact, after: before[0]?.id };
      const fresh = (await ask<Page<LiveEvent>>("events", { query })).items;
      return [...fresh, ...before].slice(0, SHOWN);
    },
    enabled: !paused,
    staleTime: 0,
    refetchInterval: paused ? false : LOOKED_EVERY_MS,
  });
}

export function useSendEvent() {
  return useMutation({
    mutationFn: (body: { name: string; external_id: string; properties: Record<string, unknown> }) =>
      ask<Schemas["TakenOut"]>("events", { method: "POST", body }),
  });
}
