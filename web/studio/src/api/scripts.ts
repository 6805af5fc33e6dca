import { useMutation, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { useCursorList } from "./lists";
import type { Script } from "./types";

const SCRIPTS = ["scripts"] as const;

export type ScriptDraft = Pick<Script, "question" | "answers" | "tags" | "stage">;

export function useScripts(q = "") {
  return useCursorList<Script>([...SCRIPTS, q], "scripts", { q });
}

export function useSaveScript() {
  return useChanging(({ id, draft }: { id: number | null; draft: ScriptDraft }) =>
    id === null
      ? ask<Script>("scripts", { method: "POST", body: draft })
      : ask<Script>(`scripts/${id}`, { method: "PUT", body: draft }),
  );
}

export const useDeleteScript = () =>
  useChanging((id: number) => ask<void>(`scripts/${id}`, { method: "DELETE" }));

/** Counts that an answer was copied. */
export const useCopied = () =>
  useChanging(({ id, answer }: { id: number; answer: number }) =>
    ask<Script>(`scripts/${id}/copied`, { method: "POST", body: { answer } }),
  );

function useChanging<Given, Told>(act: (given: Given) => Promise<Told>) {
  const cache = useQueryClient();
  return useMutation({ mutationFn: act, onSuccess: () => cache.invalidateQueries({ queryKey: SCRIPTS }) });
}
