import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { address, ask } from "./client";
import { useCursorList } from "./lists";
import { CONTACTS } from "./people";
import type { ImportJob, ImportPreview } from "./types";

const IMPORTS = ["imports"] as const;
/** What a file may hold. */
export const IMPORT_KINDS = ["contacts", "events", "list"] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

const WATCHED_EVERY_MS = 700;

export const errorsFile = (id: number) => address(`imports/${id}/errors.csv`);

export const isOver = (job: ImportJob) => ["done", "failed", "cancelled"].includes(job.state);

export function useImports() {
  return useCursorList<ImportJob>([...IMPORTS, "list"], "imports");
}

/** One import, read again and again until it has ended. */
export function useImport(id: number | null) {
  const cache = useQueryClient();
  return useQuery({
    queryKey: [...IMPORTS, id],
    queryFn: async () => {
      const job = await ask<ImportJob>(`imports/${id}`);
      if (isOver(job)) await cache.invalidateQueries({ queryKey: CONTACTS });
      return job;
    },
    enabled: id !== null,
    refetchInterval: (query) => (query.state.data && isOver(query.state.data) ? false : WATCHED_EVERY_MS),
  });
}

export function usePreviewImport() {
  return useMutation({
    mutationFn: ({ file, kind }: { file: File; kind: ImportKind }) =>
      ask<ImportPreview>("imports/preview", {
        method: "POST",
        form: formOf({ file: beginning(file), kind }),
      }),
  });
}

export interface ImportMeant {
  file: File;
  kind: ImportKind;
  mapping: Record<string, string>;
  /** The key of the static list that the people are put on. */
  list?: string;
  /** The event that every row is. */
  event?: string;
}

export function useStartImport() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ mapping, ...rest }: ImportMeant) =>
      ask<ImportJob>("imports", {
        method: "POST",
        form: formOf({ ...rest, mapping: JSON.stringify(mapping) }),
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: IMPORTS }),
  });
}

const BEGINNING = 512 * 1024;

/** A workbook is read from its end, of any other file the beginning says enough. */
const beginning = (file: File) =>
  file.name.toLowerCase().endsWith(".xlsx") ? file : new File([file.slice(0, BEGINNING)], file.name);

function formOf(parts: Record<string, string | File | undefined>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) if (value) form.append(name, value);
  return form;
}
