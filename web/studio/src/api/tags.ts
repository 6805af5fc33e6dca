/** Tags: what they mean, who wears them, the rules that set them, and tagging of many. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { askAll, useCursorList } from "./lists";
import type { Narrowed, Page, Schemas } from "./types";
import { useBegun } from "./work";

type Tree = Record<string, unknown>;
export type TagCategory = Schemas["TagCategoryOut"];
export type TagDefinition = Schemas["TagDefinitionOut"];
export type TagValue = Schemas["TagValueOut"];
export type UndefinedTag = Schemas["UndefinedTagOut"];
export type TagRefusal = Schemas["TagRefusalOut"];
export type TagSource = Schemas["TagSourceOut"];
export type TagChange = Schemas["TagChangeOut"];
export type WornTag = Schemas["WornTagOut"];
export type TagRule = Narrowed<Schemas["TagRuleOut"], { rule: Tree }>;
export type TagActs = Schemas["TagActsOut"];
export type TagPreview = Narrowed<
  Schemas["TagPreviewOut"],
  { gets: Record<string, number>; loses: Record<string, number> }
>;
export type TagJob = Schemas["TagJobOut"];

/** Definitions, rules, jobs and the numbers that they change. */
const TAGS = ["tag-shelf"] as const;
const NAMES = ["tags"] as const;
const WATCHED_MS = 1500;

const whole = async <T>(path: string) => (await ask<Page<T>>(path)).items;

export const useTagCategories = () =>
  useQuery({ queryKey: [...TAGS, "categories"], queryFn: () => whole<TagCategory>("tags/categories") });

export const useTagDefinitions = () =>
  useQuery({
    queryKey: [...TAGS, "definitions"],
    queryFn: ({ signal }) => askAll<TagDefinition>("tags/definitions", signal),
    staleTime: 0,
  });

export const useUndefinedTags = () =>
  useQuery({
    queryKey: [...TAGS, "undefined"],
    queryFn: () => whole<UndefinedTag>("tags/undefined"),
    staleTime: 0,
  });

export const useTagRefusals = () =>
  useQuery({ queryKey: [...TAGS, "refused"], queryFn: () => whole<TagRefusal>("tags/refused") });

export const useTagHistory = (tag: string) =>
  useCursorList<TagChange>([...TAGS, "history"], "tags/history", { tag });

/** Watched while a rule is asked about everybody for the first time. */
export const useTagRules = () =>
  useQuery({
    queryKey: [...TAGS, "rules"],
    queryFn: ({ signal }) => askAll<TagRule>("tags/rules", signal),
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.some((one) => one.filling) ? WATCHED_MS : false),
  });

export interface RuleTrial {
  rule: Tree;
  holding: TagActs;
  ending?: TagActs;
  id?: number;
}

/** What a rule would do now; what was said before stays until the new answer is there. */
export const useTagPreview = (trial: RuleTrial | null) =>
  useQuery({
    queryKey: [...TAGS, "preview", trial],
    queryFn: ({ signal }) => ask<TagPreview>("tags/rules/preview", { method: "POST", body: trial, signal }),
    enabled: trial !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });

const isGoingOn = (job: TagJob) => job.state === "waiting" || job.state === "running";

export function useTagJobs() {
  const list = useCursorList<TagJob>([...TAGS, "jobs"], "tags/jobs", {}, WATCHED_MS);
  return { ...list, going: list.rows?.some(isGoingOn) ?? false };
}

export const useContactTags = (contact: number) =>
  useQuery({
    queryKey: [...TAGS, "contact", contact],
    queryFn: () => whole<WornTag>(`contacts/${contact}/tags`),
    staleTime: 0,
  });

export const useContactTagHistory = (contact: number) =>
  useCursorList<TagChange>([...TAGS, "contact-history", contact], `contacts/${contact}/tags/history`);

function useChanging<Given, Answer>(act: (given: Given) => Promise<Answer>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: TAGS }),
        cache.invalidateQueries({ queryKey: NAMES }),
        cache.invalidateQueries({ queryKey: ["contacts"] }),
      ]),
  });
}

export type DefinitionDraft = Schemas["TagDefinitionArgs"];

export const useSaveDefinition = (id: number | null) =>
  useChanging((draft: DefinitionDraft) =>
    id === null
      ? ask<TagDefinition>("tags/definitions", { method: "POST", body: draft })
      : ask<TagDefinition>(`tags/definitions/${id}`, { method: "PUT", body: draft }),
  );

export const useDeleteDefinition = () =>
  useChanging((id: number) => ask<void>(`tags/definitions/${id}`, { method: "DELETE" }));

export const useAdopt = () =>
  useChanging((given: { names: string[]; category: string }) =>
    ask<Page<TagDefinition>>("tags/adopt", { method: "POST", body: given }),
  );

export const useAddCategory = () =>
  useChanging((title: string) => ask<TagCategory>("tags/categories", { method: "POST", body: { title } }));

export const useForgive = () => useChanging(() => ask<void>("tags/refused", { method: "DELETE" }));

export type RuleDraft = Schemas["TagRuleArgs"];

export const useSaveTagRule = (id: number | null) =>
  useChanging((draft: RuleDraft) =>
    id === null
      ? ask<TagRule>("tags/rules", { method: "POST", body: draft })
      : ask<TagRule>(`tags/rules/${id}`, { method: "PUT", body: draft }),
  );

export const useSwitchTagRule = () =>
  useChanging(({ id, on }: { id: number; on: boolean }) =>
    ask<TagRule>(`tags/rules/${id}/${on ? "start" : "stop"}`, { method: "POST" }),
  );

export const useDeleteTagRule = () =>
  useChanging((id: number) => ask<void>(`tags/rules/${id}`, { method: "DELETE" }));

export interface JobDraft {
  name?: string;
  add: string[];
  remove: string[];
  segment?: string;
  rule?: Tree;
  file?: File;
  kind?: string;
}

export function useStartTagJob() {
  const begun = useBegun();
  const made = useChanging(async ({ file, ...job }: JobDraft) => {
    if (!file) return ask<TagJob>("tags/jobs", { method: "POST", body: job });
    const form = new FormData();
    form.set("file", file);
    form.set("job", JSON.stringify(job));
    return ask<TagJob>("tags/jobs/upload", { method: "POST", form });
  });
  return {
    ...made,
    start: (job: JobDraft, then: () => void) =>
      made.mutate(job, {
        onSuccess: () => {
          void begun();
          then();
        },
      }),
  };
}

export const useActOnTagJob = () =>
  useChanging(({ id, act }: { id: number; act: "pause" | "resume" | "cancel" }) =>
    ask<TagJob>(`tags/jobs/${id}/${act}`, { method: "POST" }),
  );

export const useTagByHand = (contact: number) =>
  useChanging((given: { add?: string[]; remove?: string[] }) =>
    ask<Page<WornTag>>(`contacts/${contact}/tags`, { method: "POST", body: given }),
  );
