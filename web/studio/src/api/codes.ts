/** Channel codes: the ways in, what they promise, and who got whom. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { askAll } from "./lists";
import type { Narrowed, Schemas } from "./types";

export type Mode = "together" | "round_robin" | "least_load" | "attribute";
export interface Route {
  mode: Mode;
  staff: { key: string; cap?: number | null }[];
  fallback?: string[];
  attribute?: string;
  places?: Record<string, string[]>;
}
export type Code = Narrowed<Schemas["ChannelCodeOut"], { route: Route; attributes: Record<string, unknown> }>;
export type Joins = Schemas["ChannelJoinsOut"];
export interface CodeDraft {
  name: string;
  greeting?: string;
  promise?: string;
  promised?: string[];
  route: Route;
  tags?: string[];
  active?: boolean;
}

const CODES = ["codes"] as const;
const SOON_MS = 2000;

/** All codes; looked at again while WeCom has not drawn one yet. */
export function useCodes() {
  return useQuery({
    queryKey: [...CODES, "all"],
    queryFn: ({ signal }) => askAll<Code>("codes", signal),
    refetchInterval: (query) =>
      query.state.data?.some((one) => one.active && !one.qr_code && !one.trouble) ? SOON_MS : false,
  });
}

export function useJoins(key: string) {
  return useQuery({ queryKey: [...CODES, "joins", key], queryFn: () => ask<Joins>(`codes/${key}/joins`) });
}

/** Make a code, or change the one with this key as a whole. */
export function useKeepCode(key: string | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CodeDraft) =>
      ask<Code>(key ? `codes/${key}` : "codes", { method: key ? "PUT" : "POST", body }),
    onSuccess: () => client.invalidateQueries({ queryKey: CODES }),
  });
}
