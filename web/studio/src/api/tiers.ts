/** Tiers by dimension, overrides for a while, and RFM. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { askAll, useCursorList } from "./lists";
import type { Narrowed, Page, Schemas } from "./types";

type RuleTree = Record<string, unknown>;
export type TierLevel = Narrowed<Schemas["LevelOut"], { rule: RuleTree | null }>;
export type Dimension = Narrowed<Schemas["DimensionOut"], { levels: TierLevel[] }>;
export type Flow = Schemas["FlowOut"];
export type Override = Schemas["OverrideOut"];
export type ContactTier = Narrowed<Schemas["ContactTierOut"], { override: Override | null }>;
export type TierChange = Schemas["TierChangeOut"];
export type RfmRun = Schemas["RunOut"];
export type RfmPlan = Schemas["PlanOut"];
export type RfmGrid = Schemas["GridOut"];
export type RfmCell = Schemas["RfmCellOut"];
export type RfmGroup = Schemas["RfmGroupOut"];
export type Scored = Schemas["ScoredOut"];

export const TIERS = ["tiers"] as const;
const SOON_MS = 1500;

/** Every dimension with its numbers; looked at again while people are being sorted. */
export function useDimensions() {
  return useQuery({
    queryKey: [...TIERS, "all"],
    queryFn: ({ signal }) => askAll<Dimension>("tiers", signal),
    refetchInterval: (query) => (query.state.data?.some((one) => one.state === "sorting") ? SOON_MS : false),
  });
}

export function useDimension(key: string | undefined) {
  return useQuery({
    queryKey: [...TIERS, "one", key],
    queryFn: () => ask<Dimension>(`tiers/${key}`),
    enabled: key !== undefined,
  });
}

export function useFlow(key: string) {
  return useQuery({
    queryKey: [...TIERS, "flow", key],
    queryFn: async () => (await ask<Page<Flow>>(`tiers/${key}/flow`)).items,
  });
}

export const useOverrides = () => useCursorList<Override>([...TIERS, "overrides"], "tiers/overrides");

export function useContactTiers(contact: number) {
  return useQuery({
    queryKey: [...TIERS, "contact", contact],
    queryFn: () => ask<{ items: ContactTier[]; changes: TierChange[] }>(`tiers/contacts/${contact}`),
  });
}

export interface LevelDraft {
  key?: string;
  name: string;
  rule: RuleTree | null;
  words: string;
  benefits: string[];
  color: string;
}

export interface DimensionDraft {
  key?: string;
  name: string;
  description: string;
  levels: LevelDraft[];
  demote_after_days: number;
  otherwise: "lowest" | "none";
  if_worked: "earned" | "again";
  revision?: number;
}

function useChanging<Given, Answer>(act: (given: Given) => Promise<Answer>) {
  const cache = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => cache.invalidateQueries({ queryKey: TIERS }) });
}

/** Makes a dimension, or replaces the one with this key. */
export const useSaveDimension = (key: string | undefined) =>
  useChanging((draft: DimensionDraft) =>
    ask<Dimension>(key ? `tiers/${key}` : "tiers", { method: key ? "PUT" : "POST", body: draft }),
  );

export const useDeleteDimension = () =>
  useChanging((key: string) => ask<void>(`tiers/${key}`, { method: "DELETE" }));

export interface OverrideDraft {
  contact_id: number;
  dimension: string;
  level: string;
  days: number;
  measure: RuleTree | null;
  reason: string;
}

export const useOverride = () =>
  useChanging((draft: OverrideDraft) => ask<Override>("tiers/overrides", { method: "POST", body: draft }));

export const useCancelOverride = () =>
  useChanging((id: number) => ask<void>(`tiers/overrides/${id}`, { method: "DELETE" }));

export function useRfmPlan() {
  return useQuery({
    queryKey: [...TIERS, "rfm", "plan"],
    queryFn: async () => (await ask<{ plan: RfmPlan | null }>("rfm")).plan,
  });
}

export function useRfmRuns() {
  return useQuery({
    queryKey: [...TIERS, "rfm", "runs"],
    queryFn: async () => (await ask<Page<RfmRun>>("rfm/runs")).items,
    refetchInterval: (query) => (query.state.data?.some((one) => one.state === "running") ? SOON_MS : false),
  });
}

/** The state is part of the key: a run that has come to its end is read anew. */
export function useRfmGrid(run: RfmRun | undefined) {
  return useQuery({
    queryKey: [...TIERS, "rfm", "grid", run?.id, run?.state],
    queryFn: () => ask<RfmGrid>(`rfm/runs/${run?.id}`),
    enabled: run?.state === "done",
  });
}

export const useRfmPeople = (run: number, r: number, f: number) =>
  useCursorList<Scored>([...TIERS, "rfm", "people", run], `rfm/runs/${run}/people`, { r, f });

export type RfmPlanDraft = Pick<RfmPlan, "event" | "amount" | "window_days" | "monthly">;

export const useSaveRfmPlan = () =>
  useChanging((draft: RfmPlanDraft) => ask<{ plan: RfmPlan }>("rfm", { method: "PUT", body: draft }));

export const useStartRfm = () => useChanging(() => ask<RfmRun>("rfm/runs", { method: "POST" }));
