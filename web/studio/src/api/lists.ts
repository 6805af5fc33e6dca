import { useInfiniteQuery, type QueryKey } from "@tanstack/react-query";
import { useMemo } from "react";

import { ask, type Query } from "./client";
import type { Page } from "./types";

/** A list read page by page along its cursor; `rows` is all that was read so far. */
export function useCursorList<T>(key: QueryKey, path: string, query: Query = {}, refetchInterval?: number) {
  const list = useInfiniteQuery({
    queryKey: [...key, query],
    queryFn: ({ pageParam, signal }) =>
      ask<Page<T>>(path, { query: { ...query, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval,
    // A list is looked at to see how things stand: each time anew, with what was known shown meanwhile.
    staleTime: 0,
  });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  return { ...list, rows };
}

const MOST_AT_ONCE = 100;

/** A whole list, page after page. */
export async function askAll<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await ask<Page<T>>(path, { query: { limit: MOST_AT_ONCE, cursor }, signal });
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}
