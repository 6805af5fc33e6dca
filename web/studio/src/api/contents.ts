import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { askAll, useCursorList } from "./lists";
import type { Body, Carrier, Choosing, Material, Rendered, Variant } from "./types";

export const CONTENTS = ["contents"] as const;

export interface Wanted {
  q?: string;
  carrier?: string;
  category?: string;
  status?: string;
  owner_id?: number;
  /** Within so many days. */
  expiring?: number;
}

export function useContents(wanted: Wanted = {}) {
  return useCursorList<Material>([...CONTENTS, "list"], "contents", { ...wanted });
}

/** Every material, for those who need a name or a text by its key. */
export function useAllContents() {
  return useQuery({
    queryKey: [...CONTENTS, "all"],
    queryFn: ({ signal }) => askAll<Material>("contents", signal),
    staleTime: 60_000,
  });
}

export function useContent(id: number | null) {
  return useQuery({
    queryKey: [...CONTENTS, id],
    queryFn: () => ask<Material>(`contents/${id}`),
    enabled: id !== null,
  });
}

export type MaterialDraft = Pick<Material, "key" | "name" | "carrier" | "body"> & {
  category?: Material["category"];
  topic?: string;
  owner_id?: number | null;
  expires_at?: string | null;
  variants?: Variant[] | null;
  choosing?: Choosing | null;
  /** Of the material as it was read; the server refuses to overwrite a newer one. */
  revision?: number;
};

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

/** How a text reads for one contact, or for nobody in particular. */
export function usePreview(
  what: { body: Body; carrier: Carrier } | { key: string },
  contactId: number | null,
  enabled = true,
) {
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
