import { useTranslation } from "react-i18next";

import type { TimelineEntry } from "@/api/types";

import { attributeText } from "./attributes";

interface Said {
  what: string;
  detail: string;
}

/** What a line of the timeline says, in the reader's language. */
export function useEntryWords(): (entry: TimelineEntry) => Said {
  const { t } = useTranslation();
  return (entry) => {
    const field = (name: string) => attributeText(entry[name]);
    if (entry.type === "event") {
      return { what: field("title") || field("name"), detail: properties(entry.properties) };
    }
    if (entry.type === "message") {
      const status = t(`messageStatus.${field("status")}`, { defaultValue: field("status") });
      const carrier = t(`carriers.${field("carrier")}`, { defaultValue: field("carrier") });
      return { what: `${carrier} · ${status}`, detail: field("text") || field("reason") || field("content") };
    }
    const place = [field("stage_name") || field("stage"), field("step_name") || field("step")];
    const exit = field("exit") && t("contacts.leftBy", { exit: field("exit") });
    return {
      what: field("journey_name") || t("contacts.step"),
      detail: [place.filter(Boolean).join(" › "), exit].filter(Boolean).join(" · "),
    };
  };
}

function properties(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .map(([name, one]) => `${name}: ${attributeText(one)}`)
    .join(" · ");
}
