/** Reading a journey from a file: our own JSON, checked before anything is replaced. */
import { ask } from "@/api/client";
import type { Journey } from "@/api/types";

import { complete, type Definition } from "../model/definition";

const LISTS = ["entries", "stages", "steps", "arrows", "ends", "goals", "notes"] as const;
const LARGEST_BYTES = 8_000_000;

/** The definition in a text; null if it is something else. An export may be wrapped in `{definition: …}`. */
export function readDefinition(text: string): Definition | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const outer = value as { definition?: unknown } | null;
  const inner = (outer && typeof outer === "object" && outer.definition ? outer.definition : value) as Record<
    string,
    unknown
  > | null;
  if (!inner || typeof inner !== "object" || inner.format !== 1 || !Array.isArray(inner.stages)) return null;
  const whole = LISTS.every((list) => {
    const items = inner[list] ?? [];
    return (
      Array.isArray(items) && items.every((one) => typeof (one as { id?: unknown } | null)?.id === "string")
    );
  });
  return whole ? complete(inner as Partial<Definition>) : null;
}

/** Asks for a file; null if none is chosen or it is no journey of ours. */
export function chooseFile(): Promise<{ name: string; definition: Definition | null } | null> {
  return new Promise((done) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".json,application/json";
    input.addEventListener("cancel", () => done(null));
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (!file) return done(null);
      const name = file.name.replace(/\.json$/i, "");
      if (file.size > LARGEST_BYTES) return done({ name, definition: null });
      void file.text().then((text) => done({ name, definition: readDefinition(text) }));
    });
    input.click();
  });
}

export const importAsNew = (definition: Definition, name: string) =>
  ask<Journey>("journeys/import", { method: "POST", body: { definition, name } });
