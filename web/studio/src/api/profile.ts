import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { useCursorList } from "./lists";
import { CONTACTS } from "./people";
import type { Page, Schemas } from "./types";

export type Staff = Schemas["StaffOut"];
export type Relation = Schemas["RelationOut"];
export type ConsentChange = Schemas["ConsentChangeOut"];
export type MergePreview = Schemas["MergePreviewOut"];
export type Attribute = Schemas["AttributeOut"];

const ATTRIBUTES = ["attributes"] as const;

/** Every word about consent, the newest first. */
export function useConsentHistory(id: number) {
  return useCursorList<ConsentChange>([...CONTACTS, id, "consent"], `contacts/${id}/consent`);
}

export function useSayConsent(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (said: { topics: Record<string, boolean>; note?: string }) =>
      ask<{ topics: Record<string, boolean> }>(`contacts/${id}/consent`, { method: "POST", body: said }),
    onSuccess: () => cache.invalidateQueries({ queryKey: CONTACTS }),
  });
}

export type Suppression = Schemas["SuppressionOut"];

/** Addresses of a customer to which nothing is sent any more, since a message came back. */
export function useSuppressions(id: number) {
  return useQuery({
    queryKey: [...CONTACTS, id, "suppressions"],
    queryFn: async () => (await ask<Page<Suppression>>(`contacts/${id}/suppressions`)).items,
  });
}

export function useLiftSuppression(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { carrier: string; reason: string }) =>
      ask<Page<Suppression>>(`contacts/${id}/suppressions/lift`, { method: "POST", body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: CONTACTS }),
  });
}

export function useStaff() {
  return useQuery({
    queryKey: ["staff"],
    queryFn: async () => (await ask<Page<Staff>>("staff", { query: { limit: 200 } })).items,
  });
}

/** Says what a customer and a member of staff are to each other; who is not known yet is added first. */
export function useRelate(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (said: { staff: Staff | { key: string; name: string }; state: string }) => {
      const { staff } = said;
      const known = "id" in staff ? staff : await ask<Staff>("staff", { method: "POST", body: staff });
      return ask<Relation>(`contacts/${id}/staff/${known.id}`, {
        method: "PUT",
        body: { state: said.state },
      });
    },
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["staff"] });
      await cache.invalidateQueries({ queryKey: CONTACTS });
    },
  });
}

/** What a merge would do; asked anew whenever the other one changes. */
export function useMergePreview(keep: number, merge: number | null) {
  return useQuery({
    queryKey: [...CONTACTS, keep, "merge", merge],
    queryFn: () =>
      ask<MergePreview>("contacts/merge/preview", { method: "POST", body: { keep, merge: merge ?? 0 } }),
    enabled: merge !== null,
    staleTime: 0,
  });
}

export function useMerge(keep: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (merge: number) => ask("contacts/merge", { method: "POST", body: { keep, merge } }),
    onSuccess: () => cache.invalidateQueries({ queryKey: CONTACTS }),
  });
}

export function useErase() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => ask(`contacts/${id}`, { method: "DELETE" }),
    onSuccess: (_, id) => {
      cache.removeQueries({ queryKey: [...CONTACTS, id] });
      return cache.invalidateQueries({ queryKey: [...CONTACTS, "list"] });
    },
  });
}

export function useAttributes() {
  return useQuery({
    queryKey: ATTRIBUTES,
    queryFn: async () => (await ask<Page<Attribute>>("attributes")).items,
  });
}

export interface Declared {
  type?: string;
  title?: string;
  allowed?: (string | number)[] | null;
  description?: string;
  seen_by?: string;
  strict?: boolean;
}

export function useDeclareAttribute() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ name, ...said }: Declared & { name: string }) =>
      ask<Attribute>(`attributes/${encodeURIComponent(name)}`, { method: "PUT", body: said }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ATTRIBUTES }),
  });
}

export function useForgetAttribute() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => ask(`attributes/${encodeURIComponent(name)}`, { method: "DELETE" }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ATTRIBUTES }),
  });
}
