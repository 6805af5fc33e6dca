import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import { useCursorList } from "./lists";
import { SESSION } from "./session";
import type { ApiKey, AuditEntry, KeyRole, Member, NewApiKey, Page, WorkspaceSettings } from "./types";

const KEYS = ["api-keys"] as const;

/** Only owners may see them; others do not ask. */
export function useApiKeys(mayAsk = true) {
  return useQuery({
    queryKey: KEYS,
    queryFn: async () => (await ask<Page<ApiKey>>("api-keys")).items,
    enabled: mayAsk,
  });
}

/** The answer is the only place where the whole key ever stands. */
export function useMakeApiKey() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (wanted: { name: string; role: KeyRole }) =>
      ask<NewApiKey>("api-keys", { method: "POST", body: wanted }),
    onSuccess: () => cache.invalidateQueries({ queryKey: KEYS }),
  });
}

export function useRevokeApiKey() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => ask<void>(`api-keys/${id}`, { method: "DELETE" }),
    onSuccess: () => cache.invalidateQueries({ queryKey: KEYS }),
  });
}

export function useMembers() {
  return useQuery({ queryKey: ["members"], queryFn: async () => (await ask<Page<Member>>("members")).items });
}

export function useAudit() {
  return useCursorList<AuditEntry>(["audit"], "audit");
}

export function useWorkspace(id: number | undefined) {
  return useQuery({
    queryKey: ["workspaces", id],
    queryFn: async () =>
      (await ask<Page<WorkspaceSettings>>("workspaces")).items.find((one) => one.id === id),
    enabled: id !== undefined,
  });
}

export function useChangeWorkspaceSettings(id: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (
      change: Partial<
        Pick<WorkspaceSettings, "name" | "timezone" | "language" | "quiet_hours" | "merge_on_identify">
      >,
    ) => ask<WorkspaceSettings>(`workspaces/${id}`, { method: "PATCH", body: change }),
    onSuccess: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: ["workspaces"] }),
        cache.invalidateQueries({ queryKey: SESSION }),
      ]),
  });
}
