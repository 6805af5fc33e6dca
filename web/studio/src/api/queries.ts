import { QueryClient, type QueryClientConfig } from "@tanstack/react-query";

import { ApiProblem } from "./problem";

const RETRIES = 2;

const options = {
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures: number, error: unknown) => !(error instanceof ApiProblem) && failures < RETRIES,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
} satisfies QueryClientConfig;

/** A memory of answers. A refusal is an answer, so only an unreachable server is asked again. */
export const newQueries = () => new QueryClient(options);

/** The one of the running studio. */
export const queries = newQueries();
