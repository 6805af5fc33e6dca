import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { address, ask } from "./client";
import type { ImportJob, Page, Schemas } from "./types";

export type ExportJob = Schemas["ExportOut"];
export type LongFile = ({ way: "in" } & ImportJob) | ({ way: "out" } & ExportJob);
export type ExportKind = ExportJob["kind"];

const FILES = ["files"] as const;
const WATCHED_EVERY_MS = 1200;
const MOST = 50;

export const isOpen = (one: { state: string }) => one.state === "waiting" || one.state === "running";
export const exportFile = (id: number, as: "csv" | "xlsx") => address(`exports/${id}/file`, { as });

/** Imports and exports as one list, newest first; read again while one is under way. */
export function useFiles() {
  return useQuery({
    queryKey: FILES,
    queryFn: async () => {
      const [came, left] = await Promise.all([
        ask<Page<ImportJob>>("imports", { query: { limit: MOST } }),
        ask<Page<ExportJob>>("exports", { query: { limit: MOST } }),
      ]);
      const all: LongFile[] = [
        ...came.items.map((one) => ({ ...one, way: "in" as const })),
        ...left.items.map((one) => ({ ...one, way: "out" as const })),
      ];
      return all.sort((a, b) => b.created_at.localeCompare(a.created_at));
    },
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.some(isOpen) ? WATCHED_EVERY_MS : false),
  });
}

/** Pause, resume or cancel one of them. */
export function useSteer() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ one, act }: { one: LongFile; act: "pause" | "resume" | "cancel" }) =>
      ask(`${one.way === "in" ? "imports" : "exports"}/${one.id}/${act}`, {
        method: "POST",
        body: undefined,
      }),
    onSettled: () => cache.invalidateQueries({ queryKey: FILES }),
  });
}

export function useStartExport() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (asked: { kind: ExportKind; columns?: string[]; segment?: string }) =>
      ask<ExportJob>("exports", { method: "POST", body: asked }),
    onSuccess: () => cache.invalidateQueries({ queryKey: FILES }),
  });
}

export function useExportColumns(kind: ExportKind) {
  return useQuery({
    queryKey: [...FILES, "columns", kind],
    queryFn: async () =>
      (await ask<Page<{ column: string }>>("exports/columns", { query: { kind } })).items.map(
        (one) => one.column,
      ),
  });
}
