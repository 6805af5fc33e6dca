/** The workspace's own names for events, attributes, materials and journeys, gathered for cards and forms. */
import { useEffect, useMemo } from "react";

import { useAttributeTypes, useEventTypes, useKinds, useTags, type Known } from "@/api/catalogue";
import { useAllContents } from "@/api/contents";
import { useAllJourneys } from "@/api/journeys";
import { useScenes } from "@/api/matching";
import { useAllSegments } from "@/api/segments";
import { useDimensions } from "@/api/tiers";
import { useLanguage } from "@/parts/language";

import type { Catalogue } from "./model/kinds";
import { plainNames } from "./model/words/names";
import { useCanvas } from "./store";

const titles = (known: Known[] | undefined): Map<string, string> =>
  new Map(
    (known ?? []).flatMap((one) =>
      typeof one.title === "string" && one.title ? [[one.name, one.title] as const] : [],
    ),
  );

/** Hands words and kinds to the canvas; true once the kinds are there. */
export function useWorkspaceWords(): { ready: boolean; error: Error | null } {
  const lang = useLanguage();
  const kinds = useKinds();
  const events = useEventTypes();
  const attributes = useAttributeTypes();
  const contents = useAllContents();
  const journeys = useAllJourneys();
  const segments = useAllSegments();
  const dimensions = useDimensions();
  const scenes = useScenes();
  useTags();
  const names = useMemo(() => {
    const event = titles(events.data);
    const attribute = titles(attributes.data);
    const content = new Map((contents.data ?? []).map((one) => [one.key, one.name]));
    const journey = new Map((journeys.data ?? []).map((one) => [one.key, one.name]));
    const segment = new Map((segments.data ?? []).map((one) => [one.key, one.name]));
    const dimension = new Map((dimensions.data ?? []).map((one) => [one.key, one]));
    const scene = new Map((scenes.data ?? []).map((one) => [one.key, one.name]));
    const plain = plainNames(lang);
    return plainNames(lang, {
      event: (name) => event.get(name) ?? plain.event(name),
      attribute: (name) => attribute.get(name) ?? name,
      content: (key) => content.get(key) ?? key,
      journey: (key) => journey.get(key) ?? key,
      segment: (key) => segment.get(key) ?? key,
      tier: (key) => dimension.get(key)?.name ?? key,
      level: (key, level) => dimension.get(key)?.levels.find((one) => one.key === level)?.name ?? level,
      scene: (key) => scene.get(key) ?? key,
      carrier: plain.carrier,
      goal: (id) => useCanvas.getState().history.present.goals.find((goal) => goal.id === id)?.name ?? id,
    });
  }, [
    lang,
    events.data,
    attributes.data,
    contents.data,
    journeys.data,
    segments.data,
    dimensions.data,
    scenes.data,
  ]);
  const catalogue = kinds.data as unknown as Catalogue | undefined;
  useEffect(() => {
    if (catalogue) useCanvas.getState().setWords(catalogue, names);
  }, [catalogue, names]);
  const known = useCanvas((state) => state.catalogue);
  return { ready: catalogue !== undefined && known === catalogue, error: kinds.error };
}
