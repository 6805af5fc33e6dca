import { useTranslation } from "react-i18next";

import { useEventTypes, useTitles } from "@/api/catalogue";
import type { TimelineEntry } from "@/api/types";

import { attributeText } from "./attributes";

/** The exit of steps that have no other; it says nothing. */
const ONLY_EXIT = "next";

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
  return (entry) => {
    if (entry.type === "event")
      return { what: event(entry.name ?? ""), detail: properties(entry.properties) };
    if (entry.type === "message") {
      const words = [t(`carriers.${entry.carrier}`), t(`messageStatus.${entry.status}`)];
      return { what: words.join(" · "), detail: entry.rendered?.text ?? entry.content ?? "" };
    }
    const place = [entry.stage_name, entry.step_name].filter(Boolean).join(" › ");
    const deed = entry.op ? t(`trailOps.${entry.op}`, { defaultValue: entry.op }) : "";
    const exit = entry.exit && entry.exit !== ONLY_EXIT ? exitWords(entry.exit) : "";
    return { what: entry.journey_name ?? "", detail: [deed, place, exit].filter(Boolean).join(" · ") };
  };
}

function properties(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .map(([name, one]) => `${name}: ${attributeText(one)}`)
    .join(" · ");
}
