import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { JOURNEYS } from "./journeys";
import type { Journey, Page, Template, TemplateCard } from "./types";

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

/** A journey of one's own made from a template, with its texts, tags and goals. */
export function useClone() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ slug, name }: { slug: string; name?: string }) =>
      ask<Journey>(`templates/${slug}/clone`, { method: "POST", body: name ? { name } : {} }),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: JOURNEYS }),
        cache.invalidateQueries({ queryKey: ["contents"] }),
        cache.invalidateQueries({ queryKey: ["tags"] }),
      ]),
  });
}
