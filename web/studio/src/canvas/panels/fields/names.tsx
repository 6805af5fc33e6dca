/** Pickers of what the workspace really has; a name that is not there yet can be typed. */
import { AutoComplete, Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useCarriers, useEventTypes, useTags, type Known } from "@/api/catalogue";
import { useJourneys } from "@/api/journeys";
import { useWords } from "@/parts/language";

import { selectDefinition, useCanvas } from "../../store";
import { useSubjectAttributes } from "./ruleScope";
import { asText, asTexts, orNothing, type WidgetProps } from "./types";

const titled = (name: string, title: string | undefined) => ({
  value: name,
  label: title && title !== name ? `${title}（${name}）` : name,
});
const options = (known: Known[] | undefined) => (known ?? []).map((one) => titled(one.name, one.title));

/** The workspace's events with the words that the cards use for them. */
function useEventOptions(): { value: string; label: string }[] {
  const known = useEventTypes().data;
  const names = useCanvas((state) => state.names);
  return useMemo(() => (known ?? []).map((one) => titled(one.name, names.event(one.name))), [known, names]);
}

const FULL = { width: "100%" } as const;
const matches = (typed: string, one: { label?: unknown; value?: unknown } | undefined) =>
  `${String(one?.label ?? "")} ${String(one?.value ?? "")}`.toLowerCase().includes(typed.toLowerCase());
const SEARCH = { filterOption: matches } as const;

/** Options with what is chosen but not known kept among them. */
function withChosen(list: { value: string; label: string }[], chosen: readonly string[]) {
  const missing = chosen.filter((one) => one && !list.some((known) => known.value === one));
  return [...list, ...missing.map((one) => ({ value: one, label: one }))];
}

export function EventsSelect(props: {
  id?: string;
  value: string[];
  onChange(value: string[]): void;
  activity?: boolean;
}) {
  const { t } = useTranslation("canvas");
  const known = useEventOptions();
  const list = useMemo(
    () => (props.activity ? [{ value: "activity", label: t("anchor.activity") }, ...known] : known),
    [known, props.activity, t],
  );
  return (
    <Select
      id={props.id}
      mode="tags"
      value={props.value}
      options={withChosen(list, props.value)}
      placeholder={t("pick.event")}
      style={{ minWidth: 180, maxWidth: "100%" }}
      showSearch={SEARCH}
      tokenSeparators={[",", " "]}
      onChange={(value: string[]) => props.onChange(value.map((one) => one.replace(/[^A-Za-z0-9_:-]/g, "_")))}
    />
  );
}

/** One of many, where a new word may be typed. */
function Typed(props: {
  id?: string;
  value: string;
  list: { value: string; label: string }[];
  placeholder: string;
  onChange(value: string | undefined): void;
}) {
  return (
    <AutoComplete
      id={props.id}
      value={props.value}
      options={props.list}
      placeholder={props.placeholder}
      style={{ ...FULL, minWidth: 150 }}
      allowClear
      showSearch={SEARCH}
      onChange={(value: string | undefined) => props.onChange(orNothing(value ?? ""))}
    />
  );
}

export function AttributeSelect(props: {
  id?: string;
  value: string | undefined;
  onChange(value: string | undefined): void;
  dates?: boolean;
}) {
  const { t } = useTranslation("canvas");
  const known = useSubjectAttributes();
  const dates = (known ?? []).filter((one) => one.type === "date" || one.type === "time");
  const list = options(props.dates && dates.length > 0 ? dates : known);
  return (
    <Typed
      id={props.id}
      value={props.value ?? ""}
      list={list}
      placeholder={t("pick.attribute")}
      onChange={props.onChange}
    />
  );
}

export function EventField({ id, value, onChange }: WidgetProps) {
  const { t } = useTranslation("canvas");
  const known = useEventOptions();
  return (
    <Typed id={id} value={asText(value)} list={known} placeholder={t("pick.event")} onChange={onChange} />
  );
}

export const EventsField = ({ id, value, onChange }: WidgetProps) => (
  <EventsSelect id={id} value={asTexts(value)} onChange={onChange} />
);

export const AttributeField = ({ id, value, onChange }: WidgetProps) => (
  <AttributeSelect id={id} value={asText(value)} onChange={onChange} />
);

/** A field whose change is waited for: an attribute, or the tags. */
export function ChangedField({ id, value, onChange }: WidgetProps) {
  const { t } = useTranslation("canvas");
  const known = useSubjectAttributes();
  const list = [
    { value: "tags", label: t("pick.tags") },
    ...(known ?? []).map((one) => ({ value: `attribute.${one.name}`, label: one.title || one.name })),
  ];
  return (
    <Typed
      id={id}
      value={asText(value)}
      list={list}
      placeholder={t("pick.attribute")}
      onChange={(next) => onChange(next ?? "")}
    />
  );
}

export function TagField({ id, value, onChange }: WidgetProps) {
  const { t } = useTranslation("canvas");
  return (
    <Typed
      id={id}
      value={asText(value)}
      list={options(useTags().data)}
      placeholder={t("pick.tags")}
      onChange={onChange}
    />
  );
}

export function TagsSelect(props: { id?: string; value: string[]; onChange(value: string[]): void }) {
  const { t } = useTranslation("canvas");
  const known = useTags().data;
  return (
    <Select
      id={props.id}
      mode="tags"
      value={props.value}
      options={withChosen(options(known), props.value)}
      placeholder={t("pick.tags")}
      style={FULL}
      showSearch={SEARCH}
      tokenSeparators={[",", "，", "、"]}
      onChange={props.onChange}
    />
  );
}

export const TagsField = ({ id, value, onChange }: WidgetProps) => (
  <TagsSelect
    id={id}
    value={asTexts(value)}
    onChange={(next) => onChange(next.length > 0 ? next : undefined)}
  />
);

/** Carriers that speak in a customer group; the others reach one person. */
const IN_GROUPS: ReadonlySet<string> = new Set(["wecom_group"]);

export function CarrierField({ id, value, onChange, field }: WidgetProps) {
  const { t } = useTranslation("canvas");
  const words = useWords();
  const carriers = useCarriers().data;
  const ofGroups = useCanvas((state) => selectDefinition(state).subject === "group");
  const list =
    carriers?.map((one) => ({ value: one.carrier as string, label: words(one.title) })) ??
    (field.options ?? []).map((one) => ({ value: String(one.value), label: words(one.title) }));
  return (
    <Select
      id={id}
      value={asText(value) || undefined}
      options={list.filter((one) => one.value === value || IN_GROUPS.has(one.value) === ofGroups)}
      onChange={onChange}
      style={FULL}
      placeholder={t("pick.carrier")}
    />
  );
}

export function JourneyField({ id, value, onChange }: WidgetProps) {
  const { t } = useTranslation("canvas");
  const own = useCanvas((state) => state.journey?.key);
  const journeys = useJourneys().rows ?? [];
  const subject = useCanvas((state) => selectDefinition(state).subject);
  const list = journeys
    .filter((one) => one.key !== own && one.subject === subject)
    .map((one) => ({ value: one.key, label: one.name }));
  return (
    <Select
      id={id}
      value={asText(value) || undefined}
      options={withChosen(list, [asText(value)])}
      onChange={onChange}
      style={FULL}
      showSearch={SEARCH}
      placeholder={t("pick.journey")}
    />
  );
}

export function GoalField({ id, value, onChange }: WidgetProps) {
  const { t } = useTranslation("canvas");
  const goals = useCanvas((state) => selectDefinition(state).goals);
  const list = goals.map((goal) => ({ value: goal.id, label: goal.name || goal.id }));
  return (
    <Select
      id={id}
      value={asText(value) || undefined}
      options={withChosen(list, [asText(value)])}
      onChange={onChange}
      style={FULL}
      placeholder={t("pick.goal")}
      notFoundContent={t("pick.noGoal")}
    />
  );
}
