import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { JOURNEYS } from "./journeys";
import type { Journey, Page, Schemas, Template, TemplateCard } from "./types";

export function useTemplates() {
  return useQuery({
    queryKey: ["templates"],
    queryFn: async () => (await ask<Page<TemplateCard>>("templates")).items,
    staleTime: Infinity,
  });
}

export function useTemplate(slug: string | null) {
  return useQuery({
    queryKey: ["templates", slug],
    queryFn: () => ask<Template>(`templates/${slug}`),
    enabled: slug !== null,
    staleTime: Infinity,
  });
}

/** What may be there anew after a clone. */
const MAKES = ["contents", "tags", "tiers", "coupons", "points", "scenes", "scripts", "staff"];

/** What a clone made beside its journey. */
export type Made = Schemas["NeedOut"];
type Cloned = Journey & { made: Made[] };

/** A journey of one's own made from a template, with its texts, tags and goals. */
export function useClone() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ slug, name }: { slug: string; name?: string }) =>
      ask<Cloned>(`templates/${slug}/clone`, { method: "POST", body: name ? { name } : {} }),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: JOURNEYS }),
        ...MAKES.map((one) => cache.invalidateQueries({ queryKey: [one] })),
      ]),
  });
}
