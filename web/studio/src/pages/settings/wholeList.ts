import type { UseQueryResult } from "@tanstack/react-query";

/** A list that comes in one piece, in the form a CursorTable takes. */
export function wholeList<T>(query: UseQueryResult<T[]>) {
  return {
    rows: query.data,
    error: query.error,
    hasNextPage: false,
    isFetchingNextPage: false,
    fetchNextPage: () => undefined,
    refetch: () => query.refetch(),
  };
}
