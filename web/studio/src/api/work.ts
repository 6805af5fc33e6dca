/** Long work of the whole workspace, whoever began it and wherever. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import { ask } from "./client";
import type { components } from "./schema";

export type Work = components["schemas"]["WorkOut"];

const WORK = ["work"] as const;
const WATCHED_EVERY_MS = 2000;
/** How soon one sees what somebody else began. */
const LOOKED_AT_EVERY_MS = 30_000;

/** What runs or has just ended; followed while something runs. */
export function useWork(enabled: boolean) {
  return useQuery({
    queryKey: WORK,
    queryFn: async () => (await ask<{ items: Work[] }>("work")).items,
    enabled,
    staleTime: 0,
    refetchInterval: (query) =>
      query.state.data?.some((one) => one.running) ? WATCHED_EVERY_MS : LOOKED_AT_EVERY_MS,
  });
}

/** To be called when work was begun here: it is then seen at once. */
export function useBegun(): () => Promise<void> {
  const cache = useQueryClient();
  return useCallback(() => cache.invalidateQueries({ queryKey: WORK }), [cache]);
}
