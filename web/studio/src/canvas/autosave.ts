/** Nothing unsaved is ever lost: every change is kept in the browser at once and on the server soon. */
import { ask } from "@/api/client";
import { ApiProblem, Unreachable } from "@/api/problem";

import { meetTheirs } from "./conflict/meeting";
import type { Definition } from "./model/definition";
import { definitionNow, useCanvas } from "./store";

const QUIET_MS = 800;
const RETRY_MS = 5000;
const BACKUP_QUIET_MS = 250;

interface Backup {
  revision: number;
  definition: Definition;
  /** What the server had at that revision: with it, a newer draft can be merged instead of overwritten. */
  base?: Definition;
  at: string;
}
const backupKey = (journey: number) => `roadbook.draft.${journey}`;

export function readBackup(journey: number): Backup | null {
  try {
    const value = JSON.parse(localStorage.getItem(backupKey(journey)) ?? "null") as Backup | null;
    return value && typeof value.revision === "number" && Array.isArray(value.definition?.stages)
      ? value
      : null;
  } catch {
    return null;
  }
}

export const dropBackup = (journey: number): void => localStorage.removeItem(backupKey(journey));

function keep(journey: number, backup: Backup): boolean {
  try {
    localStorage.setItem(backupKey(journey), JSON.stringify(backup));
    return true;
  } catch {
    return false;
  }
}

function writeBackup(): void {
  const { journey, revision, stored } = useCanvas.getState();
  const definition = definitionNow();
  if (!journey || definition === stored) return;
  const backup: Backup = { revision, definition, at: new Date().toISOString() };
  if (keep(journey.id, { ...backup, base: stored ?? undefined })) return;
  // The browser's store is full. The work alone may still fit; else the server's copy is the only one, and is
  // written at once.
  if (!keep(journey.id, backup)) void saveNow();
}

export const isUnsaved = (): boolean => {
  const { stored, history } = useCanvas.getState();
  return stored !== null && stored !== history.present;
};

let saving: Promise<void> | null = null;

/** Saves what is on the canvas. Calls while a save is under way wait for it and save what has come since. */
export async function saveNow(): Promise<void> {
  if (saving) {
    await saving;
    if (isUnsaved() && useCanvas.getState().save.is === "saved") return saveNow();
    return;
  }
  saving = put().finally(() => {
    saving = null;
  });
  await saving;
}

async function put(): Promise<void> {
  const { journey, revision, readOnly, save, setSave, setStored } = useCanvas.getState();
  if (!journey || readOnly || save.is === "conflict") return;
  if (!isUnsaved()) return setSave({ is: "saved" });
  const definition = definitionNow();
  setSave({ is: "saving" });
  try {
    const answer = await putDraft(journey.id, definition, revision);
    // Another journey may have been opened meanwhile; this one's copy is on the server and needs no backup.
    if (useCanvas.getState().journey?.id !== journey.id) return dropBackup(journey.id);
    setStored(definition, answer.revision);
    if (definitionNow() === definition) {
      dropBackup(journey.id);
      setSave({ is: "saved" });
    } else setSave({ is: "waiting" });
  } catch (problem) {
    if (useCanvas.getState().journey?.id !== journey.id) return;
    writeBackup();
    const state = stateAfter(problem);
    setSave(state);
    if (state.is === "conflict") await meetTheirs();
  }
}

export const putDraft = (id: number, definition: Definition, revision: number) =>
  ask<{ revision: number }>(`journeys/${id}/draft`, {
    method: "PUT",
    body: { definition },
    headers: { "If-Match": `"${revision}"` },
  });

function stateAfter(problem: unknown): ReturnType<typeof useCanvas.getState>["save"] {
  if (problem instanceof Unreachable) return { is: "offline" };
  if (!(problem instanceof ApiProblem)) throw problem;
  if (problem.status === 409 || problem.status === 412) {
    const theirs = problem.body.theirs ?? problem.body.revision;
    return { is: "conflict", revision: typeof theirs === "number" ? theirs : null };
  }
  if (problem.status >= 500 || problem.status === 429) return { is: "offline" };
  const first = problem.entries[0];
  return { is: "refused", detail: first ? `${first.path}: ${first.message}` : problem.message };
}

/** Watches the store until the returned function is called. */
export function startAutosave(): () => void {
  let timer = 0;
  let backup = 0;
  const later = (ms: number) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void saveNow(), ms);
  };
  const stop = useCanvas.subscribe((state, before) => {
    if (state.history.present !== before.history.present && state.stored !== state.history.present) {
      window.clearTimeout(backup);
      backup = window.setTimeout(writeBackup, BACKUP_QUIET_MS);
      if (state.save.is === "saved" || state.save.is === "refused") state.setSave({ is: "waiting" });
      later(QUIET_MS);
    } else if (state.save !== before.save && (state.save.is === "offline" || state.save.is === "waiting")) {
      later(state.save.is === "offline" ? RETRY_MS : QUIET_MS);
    }
  });
  // What was brought back from the browser waits for no further edit.
  if (isUnsaved()) later(QUIET_MS);
  const online = () => void saveNow();
  const leaving = (event: BeforeUnloadEvent) => {
    writeBackup();
    if (isUnsaved() && !useCanvas.getState().readOnly) event.preventDefault();
  };
  const hidden = () => {
    if (document.visibilityState !== "hidden") return;
    writeBackup();
    void saveNow();
  };
  window.addEventListener("online", online);
  window.addEventListener("beforeunload", leaving);
  document.addEventListener("visibilitychange", hidden);
  return () => {
    stop();
    window.clearTimeout(timer);
    window.clearTimeout(backup);
    window.removeEventListener("online", online);
    window.removeEventListener("beforeunload", leaving);
    document.removeEventListener("visibilitychange", hidden);
    writeBackup();
    void saveNow();
  };
}
