import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask } from "./client";
import type { Carrier } from "./types";
import type { Page, Words } from "./types";

const KEY = ["connections"] as const;
const TRY_AGAIN_MS = 700;

export interface ConnectorField {
  name: string;
  type: "text" | "lines" | "secret" | "number" | "select" | "boolean";
  title: Words;
  help?: Words;
  required: boolean;
  default?: unknown;
  min?: number;
  max?: number;
  options?: { value: string; title: Words }[];
  show_if?: Record<string, unknown>;
}

export interface Connector {
  connector: string;
  title: Words;
  carriers: Carrier[];
  form: ConnectorField[];
  callback: boolean;
  needs_recipient: boolean;
}

export interface Connection {
  id: number;
  connector: string;
  name: string;
  carriers: Carrier[];
  settings: Record<string, unknown>;
  secrets_set: string[];
  state: "on" | "off" | "broken";
  health: "off" | "broken" | "failing" | "good" | "unused";
  last_ok_at: string | null;
  last_error_at: string | null;
  last_error: string | null;
  /** The provider has not answered lately, and is left alone until then. */
  breaker: { state: "open" | "half"; failures: number; until: string | null } | null;
  callback_path: string | null;
}

export interface ConnectionError {
  id: number;
  at: string;
  kind: "retry" | "refused" | "broken" | "callback";
  code: string | null;
  sentence: string;
}

export interface ConnectionTest {
  id: number;
  state: "waiting" | "sending" | "sent" | "refused" | "failed" | "unknown";
  sentence: string | null;
  reference: string | null;
}

export interface ConnectionDraft {
  name: string;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
}

export function useConnections() {
  return useQuery({
    queryKey: KEY,
    queryFn: async () => (await ask<Page<Connection>>("connections?limit=100")).items,
  });
}

export function useConnectors() {
  return useQuery({
    queryKey: ["connectors"],
    queryFn: async () => (await ask<Page<Connector>>("connections/connectors")).items,
    staleTime: Infinity,
  });
}

export function useConnectionErrors(id: number) {
  return useQuery({
    queryKey: [...KEY, id, "errors"],
    queryFn: async () => (await ask<Page<ConnectionError>>(`connections/${id}/errors?limit=20`)).items,
  });
}

/** Makes a connection, or changes the one with this id; secrets that are not given stay as they are. */
export function useSaveConnection(id: number | null) {
  const done = useRead();
  return useMutation({
    mutationFn: (draft: ConnectionDraft & { connector: string }) => {
      const { connector, ...rest } = draft;
      return id === null
        ? ask<Connection>("connections", { method: "POST", body: { connector, ...rest } })
        : ask<Connection>(`connections/${id}`, { method: "PATCH", body: rest });
    },
    onSuccess: done,
  });
}

export function useSwitchConnection(id: number) {
  const done = useRead();
  return useMutation({
    mutationFn: (state: "on" | "off") =>
      ask<Connection>(`connections/${id}`, { method: "PATCH", body: { state } }),
    onSuccess: done,
  });
}

export function useDeleteConnection(id: number) {
  const done = useRead();
  return useMutation({
    mutationFn: () => ask<void>(`connections/${id}`, { method: "DELETE" }),
    onSuccess: done,
  });
}

/** Asks a worker for a test and waits until it says what came of it. */
export function useTryConnection(id: number) {
  const done = useRead();
  return useMutation({
    mutationFn: async (wanted: { to?: string; carrier?: Carrier }) => {
      let test = await ask<ConnectionTest>(`connections/${id}/test`, { method: "POST", body: wanted });
      for (let n = 0; n < 60 && (test.state === "waiting" || test.state === "sending"); n += 1) {
        await new Promise((go) => setTimeout(go, TRY_AGAIN_MS));
        test = await ask<ConnectionTest>(`connections/${id}/tests/${test.id}`);
      }
      return test;
    },
    onSuccess: done,
  });
}

function useRead() {
  const cache = useQueryClient();
  return () =>
    Promise.all([
      cache.invalidateQueries({ queryKey: KEY }),
      cache.invalidateQueries({ queryKey: ["carriers"] }),
    ]);
}
