/** Lifecycles with their board, and tables of people, products and moments. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { askAll, useCursorList } from "./lists";
import { TIERS } from "./tiers";
import type { Narrowed, Page, Schemas } from "./types";

type RuleTree = Record<string, unknown>;
export type LifeStage = Narrowed<Schemas["LifeStageOut"], { rule: RuleTree | null }>;
export type LifeDates = { due: string; birth: string } | null;
export type Lifecycle = Narrowed<Schemas["LifecycleOut"], { stages: LifeStage[]; dates: LifeDates }>;
export type ModelStage = Narrowed<Schemas["LifeModelStageOut"], { rule: RuleTree | null }>;
export type LifeModel = Narrowed<Schemas["LifeModelOut"], { stages: ModelStage[]; dates: LifeDates }>;
export type Board = Schemas["BoardOut"];
export type BoardColumn = Schemas["BoardColumnOut"];
export type InJourney = Schemas["InJourneyOut"];
export type Stands = Schemas["StandsOut"];

export type SceneMoment = Schemas["SceneMomentOut"];
export type SceneProduct = Schemas["SceneProductOut"];
export type SceneRow = Narrowed<Schemas["SceneRowOut"], { who: RuleTree | null }>;
export type Scene = Narrowed<Schemas["SceneOut"], { rows: SceneRow[] }>;
export type Choice = Narrowed<Schemas["SceneChoiceOut"], { product: SceneProduct | null }>;
export type Reason = Schemas["SceneReasonOut"];

const LIVES = ["lifecycles"] as const;
const SCENES = ["scenes"] as const;
const SOON_MS = 1500;

export function useLifecycles() {
  return useQuery({
    queryKey: [...LIVES, "all"],
    queryFn: ({ signal }) => askAll<Lifecycle>("lifecycles", signal),
  });
}

export function useLifeModels() {
  return useQuery({
    queryKey: [...LIVES, "models"],
    queryFn: async () => (await ask<Page<LifeModel>>("lifecycles/models")).items,
    staleTime: Infinity,
  });
}

/** The board as it is now; looked at again while people are being sorted. */
export function useBoard(key: string) {
  return useQuery({
    queryKey: [...LIVES, "board", key],
    queryFn: () => ask<Board>(`lifecycles/${key}/board`),
    refetchInterval: (query) => (query.state.data?.state === "sorting" ? SOON_MS : false),
  });
}

export function useLifeJourneys(key: string) {
  return useQuery({
    queryKey: [...LIVES, "journeys", key],
    queryFn: async () => (await ask<Page<InJourney>>(`lifecycles/${key}/journeys`)).items,
  });
}

export const useStagePeople = (key: string, level: string) =>
  useCursorList<Stands>([...LIVES, "people", key, level], `tiers/${key}/people`, { level });

export interface StageDraft {
  key?: string;
  name: string;
  words: string;
  rule: RuleTree | null;
  from_days: number | null;
  color: string;
}
export interface LifeDraft {
  key?: string;
  name: string;
  description: string;
  model: string;
  dates: LifeDates;
  stages: StageDraft[];
  revision?: number;
}

export function useSaveLifecycle(key: string | undefined) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (draft: LifeDraft) =>
      ask<Lifecycle>(key ? `lifecycles/${key}` : "lifecycles", { method: key ? "PUT" : "POST", body: draft }),
    onSuccess: () => Promise.all([LIVES, TIERS].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}

export function useDeleteLifecycle() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => ask<void>(`lifecycles/${key}`, { method: "DELETE" }),
    onSuccess: () => Promise.all([LIVES, TIERS].map((queryKey) => cache.invalidateQueries({ queryKey }))),
  });
}

export function useScenes() {
  return useQuery({
    queryKey: [...SCENES, "all"],
    queryFn: ({ signal }) => askAll<Scene>("scenes", signal),
  });
}

export function useScene(key: string | undefined) {
  return useQuery({
    queryKey: [...SCENES, "one", key],
    queryFn: () => ask<Scene>(`scenes/${key}`),
    enabled: key !== undefined,
  });
}

export interface SceneDraft {
  name: string;
  description: string;
  moments: SceneMoment[];
  rows: Omit<SceneRow, "people">[];
  revision?: number;
}

function useSceneAct<Given, Answer>(act: (given: Given) => Promise<Answer>) {
  const cache = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => cache.invalidateQueries({ queryKey: SCENES }) });
}

export const useSaveScene = (key: string | undefined) =>
  useSceneAct((draft: SceneDraft) =>
    ask<Scene>(key ? `scenes/${key}` : "scenes", { method: key ? "PUT" : "POST", body: draft }),
  );

export const useDeleteScene = () =>
  useSceneAct((key: string) => ask<void>(`scenes/${key}`, { method: "DELETE" }));

export const useUploadScene = (key: string) =>
  useSceneAct((file: File) => {
    const form = new FormData();
    form.set("file", file);
    return ask<Scene>(`scenes/${key}/upload`, { method: "POST", form });
  });

/** What the table has for somebody; asked by hand. */
export const useTryScene = (key: string) =>
  useMutation({
    mutationFn: (body: { contact_id: number; at?: string }) =>
      ask<Choice>(`scenes/${key}/try`, { method: "POST", body }),
  });
