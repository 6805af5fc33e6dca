import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { ask, setCsrf } from "./client";
import { ApiProblem } from "./problem";
import type { Role, Session } from "./types";

export const SESSION = ["session"] as const;

async function readSession(): Promise<Session | null> {
  try {
    return remember(await ask<Session>("session"));
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.status === 401) return remember(null);
    throw problem;
  }
}

function remember<S extends Session | null>(session: S): S {
  setCsrf(session?.csrf ?? null);
  return session;
}

/** Who is signed in and where; `null` when nobody is. */
export function useSession() {
  return useQuery({ queryKey: SESSION, queryFn: readSession, staleTime: 5 * 60_000 });
}

export function useSignIn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (entered: { email: string; password: string }) =>
      ask<Session>("session", { method: "POST", body: entered }),
    onSuccess: (session) => cache.setQueryData(SESSION, remember(session)),
  });
}

export function useSignOut() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => ask<void>("session", { method: "DELETE" }),
    onSuccess: () => {
      cache.clear();
      cache.setQueryData(SESSION, remember(null));
    },
  });
}

/** Another workspace is another world: everything read so far is forgotten. */
export function useChangeWorkspace() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (workspace_id: number) =>
      ask<Session>("session/workspace", { method: "PUT", body: { workspace_id } }),
    onSuccess: (session) => {
      cache.clear();
      cache.setQueryData(SESSION, remember(session));
    },
  });
}

const ROLES: Role[] = ["staff", "viewer", "analyst", "editor", "owner"];

/** Whether the one who is signed in has at least this role here. The server decides; this only hides
 *  what it would refuse. */
export function useMay(least: Role): boolean {
  const { data: session } = useSession();
  return session != null && ROLES.indexOf(session.workspace.role) >= ROLES.indexOf(least);
}
