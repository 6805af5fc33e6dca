/** The reach policy: its list in words, what it says of one contact, and the touches that lie ahead. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import type { Narrowed, Page, Schemas, Words } from "./types";

export interface Who {
  tier?: string;
  level?: string;
  tag?: string;
}
export type WhenFull = "hold" | "refuse";
export interface Cap {
  most: number;
  per: string;
  carriers: string[];
  who: Who | null;
  when_full: WhenFull;
}
export interface Quota {
  carriers: string[];
  day?: number | null;
  week?: number | null;
  month?: number | null;
  monthdays: number[];
  when_full: WhenFull;
}
export interface CarrierHours {
  carriers: string[];
  window: { from?: string; to?: string; workdays?: boolean; weekdays?: number[] };
}
export interface Setting {
  hours: CarrierHours[];
  one_a_minute: boolean;
  quotas: Quota[];
  caps: Cap[];
  priority: { hours: number; journeys: string[] } | null;
}
export type Listed = Schemas["ReachPolicyOut"];
export type Policies = Narrowed<Schemas["PoliciesOut"], { policies: Setting; quiet_hours: string[] | null }>;
export type Template = Narrowed<Schemas["ReachTemplateOut"], { policies: Setting }>;
export type Answer = Schemas["ReachAnswerOut"];
export type Tried = Narrowed<
  Schemas["ReachTriedOut"],
  { touches: { at: string; carrier: string }[]; tiers: Record<string, string> }
>;
export interface Acts {
  sent: number;
  moved: number;
  held: number;
  refused: number;
}
export type Ahead = Narrowed<
  Schemas["TouchPlanOut"],
  {
    carriers: { carrier: string; per_day: Acts[]; people: number; most_to_one: number }[];
    reasons: {
      act: string;
      because: string;
      words: Words;
      total: number;
      carriers: Record<string, number>;
    }[];
    journeys: (Acts & { journey: string; name: string })[];
    people: {
      contact_id: number | null;
      name: string;
      journey_name: string;
      step_name: string;
      carrier: string;
      act: string;
      at: string;
      until: string | null;
      because: Words;
    }[];
    staff: { staff_id: number; name: string; touches: number; people: number }[];
  }
>;

const REACH = ["policies"] as const;

export function usePolicies() {
  return useQuery({ queryKey: [...REACH, "set"], queryFn: () => ask<Policies>("policies") });
}

export function useReachTemplates() {
  return useQuery({
    queryKey: [...REACH, "templates"],
    queryFn: async () => (await ask<Page<Template>>("policies/templates")).items,
  });
}

/** Everything is set at once, so that nobody's change is lost unseen. */
export function useSetPolicies() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (given: Setting & { revision: number }) =>
      ask<Policies>("policies", { method: "PUT", body: given }),
    onSuccess: () => cache.invalidateQueries({ queryKey: REACH }),
  });
}

export function useTryPolicies() {
  return useMutation({
    mutationFn: (given: { contact_id: number; carrier: string; journey?: string; policies?: Setting }) =>
      ask<Tried>("policies/try", { method: "POST", body: given }),
  });
}

/** The coming two weeks by what is set, or by what is being tried. */
export function useAhead(policies: Setting | undefined) {
  return useQuery({
    queryKey: [...REACH, "ahead", policies],
    queryFn: () =>
      ask<Ahead>("policies/plan", { method: "POST", body: { days: 14, ...(policies && { policies }) } }),
    staleTime: 60_000,
  });
}
