import { useTranslation } from "react-i18next";

import { useAttributeTypes, useEventTypes, useTitles } from "@/api/catalogue";
import type { TimelineEntry } from "@/api/types";

import { useActor } from "@/parts/useActor";

import { attributeText } from "./attributes";

/** The exit of steps that have no other; it says nothing. */
const ONLY_EXIT = "next";

const OF_ATTRIBUTE = /^attribute\./;
/** The parts of the house that change contacts by themselves. */
const HOUSE = new Set(["import", "wecom", "points", "staff"]);

interface Said {
  what: string;
  detail: string;
}

/** What a line of the timeline says, in the reader's language. */
export function useEntryWords(): (entry: TimelineEntry) => Said {
  const { t } = useTranslation();
  const event = useTitles(useEventTypes().data);
  const exitWords = (exit: string) =>
    t("contacts.leftBy", { exit: t(`exitNames.${exit}`, { defaultValue: exit }) });
  const ofThePerson = usePersonWords();
  return (entry) => {
    if (entry.type === "event")
      return { what: event(entry.name ?? ""), detail: properties(entry.properties) };
    if (entry.type === "message") {
      const words = [t(`carriers.${entry.carrier}`), t(`messageStatus.${entry.status}`)];
      return { what: words.join(" · "), detail: entry.rendered?.text ?? entry.content ?? "" };
    }
    if (entry.type !== "trail") return ofThePerson(entry);
    const place = [entry.stage_name, entry.step_name].filter(Boolean).join(" › ");
    const deed = entry.op ? t(`trailOps.${entry.op}`, { defaultValue: entry.op }) : "";
    const exit = entry.exit && entry.exit !== ONLY_EXIT ? exitWords(entry.exit) : "";
    return { what: entry.journey_name ?? "", detail: [deed, place, exit].filter(Boolean).join(" · ") };
  };
}

/** What changed about the contact itself. */
function usePersonWords(): (entry: TimelineEntry) => Said {
  const { t } = useTranslation();
  const actor = useDoer();
  const field = useFieldTitles();
  return (entry) => {
    if (entry.type === "attribute") {
      const change = [entry.old, entry.new].map((one) => attributeText(one) || "—").join(" → ");
      return {
        what: t("timelineWords.attribute", { field: field(entry.field ?? ""), change }),
        detail: entry.journey_name ?? actor(entry.by),
      };
    }
    if (entry.type === "tag") {
      const what = t(entry.put_on ? "timelineWords.tagOn" : "timelineWords.tagOff", { tag: entry.tag });
      return { what, detail: actor(entry.by) };
    }
    if (entry.type === "tier") {
      const what = [
        entry.dimension_name,
        [entry.old, entry.new].map((one) => attributeText(one) || "—").join(" → "),
      ];
      return { what: what.join("："), detail: actor(entry.by) };
    }
    if (entry.type === "segment") {
      const segment = entry.segment_name ?? t("timelineWords.segmentGone");
      const how = entry.entered ? "timelineWords.segmentIn" : "timelineWords.segmentOut";
      return { what: t(how, { segment }), detail: "" };
    }
    if (entry.type === "merge")
      return { what: t("timelineWords.merge", { gone: entry.gone }), detail: actor(entry.by) };
    const plain = entry.topic === "marketing" || entry.topic === "profiling";
    const topic = plain ? t(`consent.${entry.topic}`) : t(`carriers.${entry.topic}`);
    if (entry.source === "lifted")
      return {
        what: t("consent.liftedWords", { carrier: topic }),
        detail: [actor(entry.by), entry.note].filter(Boolean).join(" · "),
      };
    const said = t(entry.granted ? "consent.granted" : "consent.withdrawn");
    const how = [t(`consent.source.${entry.source}`), actor(entry.by), entry.note];
    return { what: `${topic} · ${said}`, detail: how.filter(Boolean).join(" · ") };
  };
}

/** What a field of a contact is called: an attribute by its title. */
function useFieldTitles(): (field: string) => string {
  const { t } = useTranslation();
  const attribute = useTitles(useAttributeTypes().data);
  return (field) =>
    field === "name" || field === "timezone"
      ? t(`contacts.${field}`)
      : attribute(field.replace(OF_ATTRIBUTE, ""));
}

/** Who or what did it: a person, a program, or a part of the house. */
function useDoer(): (by: string | null | undefined) => string {
  const { t } = useTranslation();
  const actor = useActor();
  return (by) => {
    const [kind = "", id] = (by ?? "").split(":");
    return HOUSE.has(kind) ? t(`timelineWords.by.${kind}`, { id }) : actor(by);
  };
}

function properties(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .map(([name, one]) => `${name}: ${attributeText(one)}`)
    .join(" · ");
}
