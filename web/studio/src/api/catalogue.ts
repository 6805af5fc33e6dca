import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { ask } from "./client";
import type { CarrierState, Kinds } from "./kindTypes";
import type { Page } from "./types";

const A_WHILE = 5 * 60_000;

export interface Known {
  name: string;
  title?: string;
  properties?: Record<string, string>;
  type?: string;
  values?: unknown[];
}

/** The kinds of steps with their forms; the same for everybody until the server is replaced. */
export function useKinds() {
  return useQuery({ queryKey: ["kinds"], queryFn: () => ask<Kinds>("kinds"), staleTime: Infinity });
}

/** What the workspace really has: for suggestions while typing. */
export function useEventTypes() {
  return useKnown("event-types");
}

export function useAttributeTypes(subject: "contact" | "group" = "contact") {
  return useKnown("attribute-types", subject === "group" ? { subject } : {});
}

export function useTags() {
  return useKnown("tags");
}

/** Which carriers have an account here, and which go to the sandbox. */
export function useCarriers() {
  return useQuery({
    queryKey: ["carriers"],
    queryFn: async () => (await ask<Page<CarrierState>>("carriers")).items,
    staleTime: A_WHILE,
  });
}

/** What a name is called in this workspace; the name itself where nobody gave it a title. */
export function useTitles(known: Known[] | undefined): (name: string) => string {
  return useMemo(() => {
    const titles = new Map(known?.map(({ name, title }) => [name, title]));
    return (name: string) => titles.get(name) || name;
  }, [known]);
}

function useKnown(path: "event-types" | "attribute-types" | "tags", query: { subject?: "group" } = {}) {
  return useQuery({
    queryKey: query.subject ? [path, query.subject] : [path],
    queryFn: async () => (await ask<Page<Known>>(path, { query })).items,
    staleTime: A_WHILE,
  });
}
