/** Tasks of the staff: the day of each, what team leads steer, and unusual cases. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { askAll, useCursorList } from "./lists";
import type { Narrowed, Page, Schemas } from "./types";

export interface HistoryLine {
  at: string;
  by: string;
  act: string;
  from?: string;
  to?: string;
  note?: string;
  team?: string;
}

export type StaffTask = Narrowed<Schemas["TaskOut"], { history: HistoryLine[] }>;
export type TaskPiece = Schemas["TaskPieceOut"];
export type Customer = Narrowed<Schemas["TaskCustomerOut"], { tasks: StaffTask[] }>;
export type Day = Narrowed<Schemas["TaskDayOut"], { customers: Customer[] }>;
export type Crew = Schemas["CrewOut"];
export type Load = Schemas["TaskLoadOut"];
export type UnusualCase = Schemas["UnusualCaseOut"];

export const TASKS = ["tasks"] as const;
const LOOKED_AT_EVERY_MS = 60_000;

/** What somebody has to do today; one's own day if nobody is named. */
export function useDay(staff: number | undefined) {
  return useQuery({
    queryKey: [...TASKS, "day", staff],
    queryFn: () => ask<Day>("tasks/day", { query: { staff_id: staff } }),
    refetchInterval: LOOKED_AT_EVERY_MS,
  });
}

export function useCrew() {
  return useQuery({
    queryKey: [...TASKS, "crew"],
    queryFn: () => ask<Crew>("tasks/crew"),
    staleTime: 60_000,
  });
}

/** The staff with the keys by which drawings name them. */
export function useStaffKeys() {
  return useQuery({
    queryKey: ["staff", "keys"],
    queryFn: ({ signal }) => askAll<Schemas["StaffOut"]>("staff", signal),
    staleTime: 60_000,
  });
}

/** What customers ask at this point, with answers for this very customer. */
export function useTaskScripts(task: number) {
  return useQuery({
    queryKey: [...TASKS, task, "scripts"],
    queryFn: async () => (await ask<Page<Schemas["TaskScriptOut"]>>(`tasks/${task}/scripts`)).items,
    staleTime: 60_000,
  });
}

export function useLoad() {
  return useQuery({
    queryKey: [...TASKS, "load"],
    queryFn: async () => (await ask<{ items: Load[] }>("tasks/load")).items,
    refetchInterval: LOOKED_AT_EVERY_MS,
  });
}

/** The open tasks of one person, or of a team that nobody has taken, for handing several on. */
export function useOpenTasks(query: { staff_id?: number; team?: string } | undefined) {
  return useQuery({
    queryKey: [...TASKS, "open", query],
    queryFn: async () =>
      (await ask<Page<StaffTask>>("tasks", { query: { ...query, state: "open", limit: 200 } })).items,
    enabled: query !== undefined,
  });
}

export const useCases = (state: "open" | "reviewed") =>
  useCursorList<UnusualCase>([...TASKS, "cases"], "unusual-cases", { state });

function useActing<Given, Answer>(act: (given: Given) => Promise<Answer>) {
  const cache = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => cache.invalidateQueries({ queryKey: TASKS }) });
}

export const useHandOver = () =>
  useActing(({ id, ...body }: { id: number; staff_id?: number; team?: string; note: string }) =>
    ask<StaffTask>(`tasks/${id}/hand-over`, { method: "POST", body }),
  );

export const useReassign = () =>
  useActing((body: { ids: number[]; staff_id: number; note: string }) =>
    ask<{ moved: number }>("tasks/reassign", { method: "POST", body }),
  );

/** Somebody who does tasks; whoever chooses among the staff finds them at once. */
export function useAddStaff() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { key: string; name: string; team: string }) => ask("staff", { method: "POST", body }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["staff"] });
      await cache.invalidateQueries({ queryKey: TASKS });
    },
  });
}

export type Staff = Schemas["StaffOut"];

export function useChangeStaff() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: Schemas["StaffChangeArgs"] & { id: number }) =>
      ask<Staff>(`staff/${id}`, { method: "PATCH", body }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ["staff"] });
      await cache.invalidateQueries({ queryKey: TASKS });
    },
  });
}

export const useAskFor = () =>
  useActing(
    (body: { title: string; instructions: string; staff_id?: number; team?: string; due_at?: string }) =>
      ask<StaffTask>("tasks", { method: "POST", body }),
  );

export const useReview = () =>
  useActing(({ id, ...body }: { id: number; verdict: "changed" | "kept"; answer: string }) =>
    ask<UnusualCase>(`unusual-cases/${id}/review`, { method: "POST", body }),
  );
