import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { useCursorList } from "./lists";
import type { Body, Material } from "./types";

export const CONTENTS = ["contents"] as const;

export function useContents() {
  return useCursorList<Material>([...CONTENTS, "list"], "contents", { limit: 200 });
}

export function useContent(id: number | null) {
  return useQuery({
    queryKey: [...CONTENTS, id],
    queryFn: () => ask<Material>(`contents/${id}`),
    enabled: id !== null,
  });
}

export type MaterialDraft = Pick<Material, "key" | "name" | "carrier" | "body">;

export function useSaveContent() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, draft }: { id: number | null; draft: MaterialDraft }) =>
      id === null
        ? ask<Material>("contents", { method: "POST", body: draft })
        : ask<Material>(`contents/${id}`, { method: "PUT", body: draft }),
    onSuccess: () => cache.invalidateQueries({ queryKey: CONTENTS }),
  });
}

export function useDeleteContent() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => ask<void>(`contents/${id}`, { method: "DELETE" }),
    onSuccess: () => cache.invalidateQueries({ queryKey: CONTENTS }),
  });
}

export interface Rendered extends Body {
  missing?: string[];
}

/** How a text reads for one contact, or for nobody in particular. */
export function usePreview(what: { body: Body } | { key: string }, contactId: number | null, enabled = true) {
  return useQuery({
    queryKey: ["preview", what, contactId],
    queryFn: ({ signal }) =>
      ask<Rendered>("contents/preview", {
        method: "POST",
        body: { ...what, ...(contactId === null ? {} : { contact_id: contactId }) },
        signal,
      }),
    enabled,
    placeholderData: (before) => before,
    retry: false,
  });
}
