/** What rules can be about here: the server's kinds of fields, filled in with what the workspace really has. */
import { useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useEventTypes, type Known } from "@/api/catalogue";

import { useJourneys } from "@/api/journeys";
import { useScenes } from "@/api/matching";
import { useDimensions } from "@/api/tiers";

import type { Rule } from "../../model/definition";
import type { Catalogue } from "../../model/kinds";
import { typeset } from "../../model/words/names";
import { isGroup, sayField } from "../../model/words/rule";
import { useCanvas } from "../../store";
import { isOfAJourney, isOfPeople, OnlyContacts, useAboutGroups, useSubjectAttributes } from "./ruleScope";

export interface RuleChoice {
  name: string;
  value: string;
  label: string;
  /** any, tags, number, time, days, flag, clock, date: decides operators and the input of the value. */
  type: string;
  within: boolean;
}
export interface RuleChoices {
  label: string;
  options: RuleChoice[];
}

/** A field as the server describes it: `history.EVENT.count` stands for one of each event. */
interface Pattern {
  field: string;
  type: string;
  title: { zh: string; en: string };
  operators: string[];
  within?: boolean;
  /** Waits for another event for a time. */
  after?: boolean;
  suggest?: string;
  /** `contacts`: not for rules inside journeys; `journeys`: for those alone. */
  only?: string;
  options?: { value: string; title: { zh: string; en: string } }[];
}

/** What the workspace has that fields can be about. */
interface Here {
  events: Known[];
  attributes: Known[];
  dimensions: { key: string }[];
  journeys: { key: string }[];
  scenes: { key: string }[];
}

const patterns = (catalogue: Catalogue): Pattern[] =>
  (catalogue.rule.fields as Pattern[]).filter((one) => typeof one?.field === "string");

const PLACE = /\b(NAME|EVENT|ATTRIBUTE|PROPERTY|DIMENSION|JOURNEY|SCENE|OTHER)\b/g;

/** Whether a field is one of a pattern's. */
function fits(pattern: string, field: string): boolean {
  const shape = pattern.replace(/\./g, "\\.").replace(PLACE, "[^.]+");
  return new RegExp(`^${shape}$`).test(field);
}

export function patternOf(catalogue: Catalogue, field: string): Pattern | undefined {
  return (
    patterns(catalogue).find((one) => fits(one.field, field)) ??
    patterns(catalogue).find((one) => fits(one.field.replace("NAME", "EVENT"), field))
  );
}

/** The fields that a rule already uses, so that none of them is lost for being unknown. */
function used(rule: Rule | null | undefined): string[] {
  if (!rule) return [];
  return rule.rules.flatMap((part) => (isGroup(part) ? used(part) : part.field ? [part.field] : []));
}

/** All fields that one pattern stands for. */
function filled(pattern: Pattern, { events, attributes, dimensions, journeys, scenes }: Here): string[] {
  const { field } = pattern;
  if (field.includes("DIMENSION")) return dimensions.map((one) => field.replace("DIMENSION", one.key));
  if (field.includes("JOURNEY")) return journeys.map((one) => field.replace("JOURNEY", one.key));
  if (field.includes("SCENE")) return scenes.map((one) => field.replace("SCENE", one.key));
  // Which other event is meant is chosen beside it.
  if (field.includes("OTHER"))
    return events.flatMap((event) => {
      const other = events.find((one) => one.name !== event.name) ?? event;
      return [field.replace("EVENT", event.name).replace("OTHER", other.name)];
    });
  if (!PLACE.test(field)) return [field];
  PLACE.lastIndex = 0;
  if (field.includes("ATTRIBUTE"))
    return attributes
      .filter((one) => !one.type || one.type === "date" || one.type === "time")
      .map((one) => field.replace("ATTRIBUTE", one.name));
  if (field.includes("EVENT")) {
    return events.flatMap((event) => {
      const own = field.replace("EVENT", event.name);
      if (!own.includes("PROPERTY")) return [own];
      return Object.keys(event.properties ?? {}).map((property) => own.replace("PROPERTY", property));
    });
  }
  if (pattern.suggest === "attribute-types") return attributes.map((one) => field.replace("NAME", one.name));
  const properties = new Set(events.flatMap((event) => Object.keys(event.properties ?? {})));
  return [...properties].map((property) => field.replace("NAME", property));
}

const GROUPS: Record<string, string> = {
  attribute: "customer",
  tags: "customer",
  segments: "customer",
  tier: "customer",
  scene: "customer",
  since: "customer",
  until: "customer",
  history: "behaviour",
  event: "event",
  entry: "event",
  now: "now",
  stage: "journey",
  variable: "journey",
};
const ORDER = ["customer", "behaviour", "event", "now", "journey"];

export function useRuleChoices(rule: Rule | null | undefined): RuleChoices[] {
  const { t } = useTranslation("canvas");
  const catalogue = useCanvas((state) => state.catalogue);
  const names = useCanvas((state) => state.names);
  const events = useEventTypes().data;
  const attributes = useSubjectAttributes();
  const dimensions = useDimensions().data;
  const journeys = useJourneys().rows;
  const scenes = useScenes().data;
  const known = used(rule).join("\n");
  const onlyContacts = useContext(OnlyContacts);
  const aboutGroups = useAboutGroups();
  return useMemo(() => {
    const byGroup = new Map<string, RuleChoice[]>();
    const seen = new Set<string>();
    const put = (field: string, pattern: Pattern) => {
      if (seen.has(field) || (onlyContacts && isOfAJourney(field))) return;
      if (aboutGroups && isOfPeople(field)) return;
      if (!onlyContacts && pattern.only === "contacts") return;
      if (onlyContacts && pattern.only === "journeys") return;
      seen.add(field);
      const group = GROUPS[field.split(".")[0] ?? ""] ?? "journey";
      const choice: RuleChoice = {
        name: field,
        value: field,
        label: typeset(sayField(field, names)),
        type: pattern.type,
        within: pattern.within ?? false,
      };
      byGroup.set(group, [...(byGroup.get(group) ?? []), choice]);
    };
    const all = patterns(catalogue);
    const tagsFirst = [...all].sort((a, b) => Number(b.field === "tags") - Number(a.field === "tags"));
    const here: Here = {
      events: events ?? [],
      attributes: attributes ?? [],
      dimensions: dimensions ?? [],
      journeys: journeys ?? [],
      scenes: scenes ?? [],
    };
    for (const pattern of tagsFirst) for (const field of filled(pattern, here)) put(field, pattern);
    for (const field of known.split("\n").filter(Boolean)) {
      const pattern = patternOf(catalogue, field);
      if (pattern) put(field, pattern);
    }
    return ORDER.flatMap((group) => {
      const options = byGroup.get(group);
      return options ? [{ label: t(`rule.${group}`), options }] : [];
    });
  }, [
    catalogue,
    names,
    events,
    attributes,
    dimensions,
    journeys,
    scenes,
    known,
    onlyContacts,
    aboutGroups,
    t,
  ]);
}

/** A field by a name that was typed: an attribute, or the count of an event that is not known yet. */
export function typedChoices(catalogue: Catalogue, text: string): { field: string; type: string }[] {
  const word = text.trim().replace(/[.\s]+/g, "_");
  if (!word) return [];
  const candidates = [`attribute.${word}`, `variable.${word}`, `event.${word}`];
  if (/^[A-Za-z0-9_:-]+$/.test(word)) candidates.push(`history.${word}.count`);
  return candidates.flatMap((field) => {
    const pattern = patternOf(catalogue, field);
    return pattern ? [{ field, type: pattern.type }] : [];
  });
}
