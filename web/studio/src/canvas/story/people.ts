/** Who stands at a node, counted over all versions, and what one of them has been through; read again while looked at. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { ask } from "@/api/client";
import { askAll } from "@/api/lists";
import type { Enrollment, Message, Page } from "@/api/types";

import { getEnrollment, getStanding, type Crumb } from "../api";
import { useVersionNumbers, useVersions } from "../compare/versions";
import type { Id } from "../model/definition";
import { find } from "../model/lookup";
import { useCanvas } from "../store";

const WATCHED_EVERY_MS = 2500;
const STORY = "story";

/** Which people: those at a step, all in a stage, or those who have left by an end. */
export interface At {
  step?: Id;
  stage?: Id;
  end?: Id;
}

export function useAt(node: Id): At {
  const isStep = useCanvas((state) => find(state.history.present, node)?.is === "step");
  const isStage = useCanvas((state) => find(state.history.present, node)?.is === "stage");
  const isEnd = useCanvas((state) => find(state.history.present, node)?.is === "end");
  if (isEnd) return { end: node };
  return isStep || !isStage ? { step: node } : { stage: node };
}

export function useStanding(journey: number, at: At) {
  const list = useInfiniteQuery({
    queryKey: [STORY, "standing", journey, at],
    queryFn: ({ pageParam }) => getStanding(journey, at, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Enrollment>) => page.next,
    refetchInterval: WATCHED_EVERY_MS,
    staleTime: 0,
  });
  const rows = list.data?.pages
    .flatMap((page) => page.items)
    .filter((one) => (one.status === "ended") === (at.end !== undefined));
  return { ...list, rows };
}

/** How many stand there, on whatever version; null while that is not known. */
export function useHere(node: Id): number | null {
  const versions = useVersions().data;
  const counted = useVersionNumbers((versions ?? []).map((one) => one.number)).data;
  if (!counted) return null;
  return counted.reduce((sum, one) => sum + (one.nodes[node]?.here ?? 0), 0);
}

export function useStopped(journey: number, at: At) {
  return useQuery({
    queryKey: [STORY, "stopped", journey, at],
    queryFn: () =>
      ask<Page<Enrollment>>(`journeys/${journey}/enrollments`, {
        query: { ...at, status: "stopped", limit: 100 },
      }),
    staleTime: 0,
    refetchInterval: WATCHED_EVERY_MS,
  }).data;
}

/** One contact in the journey: where he stands now, the trail, and every message. */
export function useStory(known: Enrollment) {
  const one =
    useQuery({
      queryKey: [STORY, known.id],
      queryFn: () => getEnrollment(known.id),
      initialData: known,
      staleTime: 0,
      refetchInterval: WATCHED_EVERY_MS,
    }).data ?? known;
  // Whatever happens to him moves one of these, and the trail is then read anew.
  const stand = [one.version, one.status, one.stage, one.step, one.since, one.ended_at].join();
  const trail = useQuery({
    queryKey: [STORY, known.id, "trail", stand],
    queryFn: ({ signal }) => askAll<Crumb>(`enrollments/${known.id}/history`, signal),
    placeholderData: (before) => before,
    staleTime: 0,
  });
  const messages = useQuery({
    queryKey: [STORY, known.id, "messages", stand],
    queryFn: async () => {
      const whose = known.group_id ? { group_id: known.group_id } : { contact_id: known.contact_id };
      const query = { ...whose, journey_id: known.journey_id, limit: 100 };
      const { items } = await ask<Page<Message>>("messages", { query });
      return items.filter((message) => message.enrollment_id === known.id);
    },
    placeholderData: (before) => before,
    staleTime: 0,
    refetchInterval: 2 * WATCHED_EVERY_MS,
  });
  return { one, trail: trail.data, messages: messages.data, error: trail.error ?? messages.error };
}
