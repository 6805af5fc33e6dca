import { QueryClient } from "@tanstack/react-query";

import { ApiProblem } from "./problem";

const RETRIES = 2;

/** One cache for the whole studio. A refusal is an answer, so only an unreachable server is asked again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) => !(error instanceof ApiProblem) && failures < RETRIES,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});
