/** What belongs to a material beside its words: checks, versions, reviews, slots, variants, and the workspace's rules. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { CONTENTS } from "./contents";
import type { Body, Carrier, Material, MaterialVersion, Page, Review, Schemas } from "./types";

export type Finding = Schemas["RemarkOut"];
export type Policy = Schemas["PolicyOut"];
export type Mix = Schemas["MixOut"];
export type Slot = Schemas["SlotOut"];
export type Results = Schemas["ResultsOut"] & { better: Record<"replied" | "converted", string | null> };
export type Compared = Schemas["ComparedOut"];
export type Question = "compliance" | "fit" | "appeal";
export type Answers = Record<Question, { fine: boolean; note: string }>;

export function useChecks(carrier: Carrier, body: Body, topic: string, key: string, enabled: boolean) {
  return useQuery({
    queryKey: ["content-check", carrier, body, topic, key],
    queryFn: ({ signal }) =>
      ask<{ findings: Finding[]; segments: number | null }>("contents/check", {
        method: "POST",
        body: { carrier, body, topic, ...(key ? { key } : {}) },
        signal,
      }),
    enabled,
    placeholderData: (before) => before,
    retry: false,
  });
}

export function usePolicy() {
  return useQuery({ queryKey: [...CONTENTS, "policy"], queryFn: () => ask<Policy>("contents/policy") });
}

export function useChangePolicy() {
  return useChanging((wanted: Partial<Policy>) =>
    ask<Policy>("contents/policy", {
      method: "PUT",
      body: {
        ...wanted,
        ...(wanted.lists && { lists: wanted.lists.map(({ key, on, words }) => ({ key, on, words })) }),
      },
    }),
  );
}

export function useMix() {
  return useQuery({ queryKey: [...CONTENTS, "mix"], queryFn: () => ask<Mix>("contents/mix") });
}

export function askProposal(topic: string, category: string) {
  const query = new URLSearchParams({ topic, ...(category && { category }) });
  return ask<{ name: string; key: string }>(`contents/proposal?${query.toString()}`);
}

export function useVersions(id: number) {
  return useQuery({
    queryKey: [...CONTENTS, id, "versions"],
    queryFn: async () => (await ask<Page<MaterialVersion>>(`contents/${id}/versions`)).items,
  });
}

export function useCompared(id: number, after: number | null) {
  return useQuery({
    queryKey: [...CONTENTS, id, "compare", after],
    queryFn: () => ask<Compared>(`contents/${id}/compare?after=${after}`),
    enabled: after !== null,
  });
}

export function useReviews(id: number) {
  return useQuery({
    queryKey: [...CONTENTS, id, "reviews"],
    queryFn: async () => (await ask<Page<Review>>(`contents/${id}/reviews`)).items,
  });
}

export function useSlots(id: number) {
  return useQuery({
    queryKey: [...CONTENTS, id, "slots"],
    queryFn: async () => (await ask<Page<Slot>>(`contents/${id}/slots`)).items,
  });
}

export function useResults(id: number, version: number) {
  return useQuery({
    queryKey: [...CONTENTS, id, "results", version],
    queryFn: () => ask<Results>(`contents/${id}/results`),
  });
}

export const useGoBack = (id: number) =>
  useChanging((version: number) =>
    ask<Material>(`contents/${id}/back`, { method: "POST", body: { version } }),
  );

export const useSubmitForReview = (id: number) =>
  useChanging<void, Material>(() => ask<Material>(`contents/${id}/submit`, { method: "POST" }));

export const useReview = (id: number) =>
  useChanging((given: { version: number; answers: Answers }) =>
    ask<Review>(`contents/${id}/review`, { method: "POST", body: given }),
  );

export const useFill = (id: number) =>
  useChanging((given: { slot: string; words: string; staff_id: number | null; day: string }) =>
    ask<Slot>(`contents/${id}/slots`, { method: "PUT", body: given }),
  );

export const useWinner = (id: number) =>
  useChanging((variant: string) =>
    ask<Material>(`contents/${id}/winner`, { method: "POST", body: { variant } }),
  );

function useChanging<Given, Told>(act: (given: Given) => Promise<Told>) {
  const cache = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => cache.invalidateQueries({ queryKey: CONTENTS }) });
}
