/** Moves of people between versions, watched until they have ended. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { getMoves, rollBack, type Move } from "./changing";
import { JOURNEYS } from "./journeys";

const WATCHED_EVERY_MS = 1000;

export const MOVES = ["moves"] as const;
export const isRunning = (move: Pick<Move, "state">): boolean => move.state === "running";

/** The moves of one journey, newest first; read again while one of them runs. */
export function useMoves(journey: number) {
  return useQuery({
    queryKey: [...MOVES, journey],
    queryFn: async () => (await getMoves(journey)).items,
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.some(isRunning) ? WATCHED_EVERY_MS : false),
  });
}

export function useRollBack(journey: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (asked: Parameters<typeof rollBack>[1]) => rollBack(journey, asked),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: MOVES }),
        cache.invalidateQueries({ queryKey: JOURNEYS }),
      ]),
  });
}
