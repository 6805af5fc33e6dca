import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import type { OnResume } from "./changing";
import { ask } from "./client";
import { askAll, useCursorList } from "./lists";
import type { Definition, Journey } from "./types";

export const JOURNEYS = ["journeys"] as const;

export function useJourneys() {
  return useCursorList<Journey>([...JOURNEYS, "list"], "journeys");
}

/** Every journey, for those who need a name by its key or id. */
export function useAllJourneys() {
  return useQuery({
    queryKey: [...JOURNEYS, "all"],
    queryFn: ({ signal }) => askAll<Journey>("journeys", signal),
    staleTime: 60_000,
  });
}

export function useCreateJourney() {
  return useJourneyDeed((made: { name: string; definition?: Definition }) =>
    ask<Journey>("journeys", { method: "POST", body: made }),
  );
}

export function useRenameJourney() {
  return useJourneyDeed(({ id, name }: { id: number; name: string }) =>
    ask<Journey>(`journeys/${id}`, { method: "PATCH", body: { name } }),
  );
}

export function useDeleteJourney() {
  return useJourneyDeed((id: number) => ask<void>(`journeys/${id}`, { method: "DELETE" }));
}

/** A new draft that begins as this journey's draft stands. */
export function useDuplicateJourney() {
  return useJourneyDeed(({ id, name }: { id: number; name: string }) =>
    ask<Journey>(`journeys/${id}/clone`, { method: "POST", body: { name } }),
  );
}

export type LifeDeed = "pause" | "resume" | "archive";

export interface LifeArgs {
  /** What waits that rang during a pause do afterwards. */
  on_resume?: OnResume;
  /** What becomes of those who are inside when a journey is archived. */
  inside?: "refuse" | "exit";
  /** The number of people, by whoever knows that it is large. */
  confirm?: number;
}

/** Pause, resume or archive; nobody inside is lost by pausing. */
export function useJourneyLife() {
  return useJourneyDeed(({ id, deed, args = {} }: { id: number; deed: LifeDeed; args?: LifeArgs }) =>
    ask<Journey>(`journeys/${id}/${deed}`, { method: "POST", body: args }),
  );
}

function useJourneyDeed<Asked, Answer>(deed: (asked: Asked) => Promise<Answer>) {
  const cache = useQueryClient();
  return useMutation({ mutationFn: deed, onSuccess: () => cache.invalidateQueries({ queryKey: JOURNEYS }) });
}
