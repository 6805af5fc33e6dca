/** What a moment counts from. */
import { InputNumber, Select, Space } from "antd";
import { useTranslation } from "react-i18next";

import { useScenes } from "@/api/matching";

import type { Anchor } from "../../model/definition";
import { AttributeSelect, EventsSelect } from "./names";

type Way =
  "default" | "entered_stage" | "entered_journey" | "attribute" | "event" | "calendar" | "scene" | "variable";

function wayOf(anchor: Anchor | undefined): Way {
  if (anchor === undefined) return "default";
  if (typeof anchor === "string") return anchor;
  if ("attribute" in anchor) return "attribute";
  if ("event" in anchor) return "event";
  if ("scene" in anchor) return "scene";
  return "calendar" in anchor ? "calendar" : "variable";
}

function startOf(way: Way): Anchor | undefined {
  switch (way) {
    case "default":
      return undefined;
    case "attribute":
      return { attribute: "" };
    case "event":
      return { event: [] };
    case "calendar":
      return { calendar: { monthday: 1 } };
    case "scene":
      return { scene: "" };
    case "variable":
      return { variable: "" };
    default:
      return way;
  }
}

interface Props {
  id?: string;
  value: Anchor | undefined;
  onChange(value: Anchor | undefined): void;
  /** What "default" means here, in words. */
  byDefault: string;
}

const WAYS: Way[] = ["default", "entered_journey", "event", "attribute", "calendar", "scene"];

export function AnchorInput({ id, value, onChange, byDefault }: Props) {
  const { t } = useTranslation("canvas");
  const way = wayOf(value);
  const ways = WAYS.includes(way) ? WAYS : [...WAYS, way];
  const anchor = value;
  return (
    <Space wrap>
      <Select
        id={id}
        value={way}
        style={{ minWidth: 172 }}
        aria-label={t("moment.anchor")}
        options={ways.map((one) => ({
          value: one,
          label: one === "default" ? byDefault : t(`anchor.${one}`),
        }))}
        onChange={(next) => onChange(startOf(next))}
      />
      {typeof anchor === "object" && "event" in anchor && (
        <EventsSelect
          value={[anchor.event].flat()}
          onChange={(event) => onChange({ ...anchor, event })}
          activity
        />
      )}
      {typeof anchor === "object" && "attribute" in anchor && (
        <AttributeSelect
          value={anchor.attribute}
          onChange={(attribute) => onChange({ attribute: attribute ?? "" })}
          dates
        />
      )}
      {typeof anchor === "object" && "scene" in anchor && (
        <SceneSelect value={anchor.scene} onChange={(scene) => onChange({ scene })} />
      )}
      {typeof anchor === "object" && "calendar" in anchor && (
        <InputNumber
          min={1}
          max={31}
          value={anchor.calendar.monthday}
          prefix={t("moment.monthPrefix")}
          suffix={t("moment.daySuffix")}
          style={{ width: 130 }}
          onChange={(monthday) => onChange({ calendar: { monthday: monthday ?? 1 } })}
        />
      )}
    </Space>
  );
}

function SceneSelect({ value, onChange }: { value: string; onChange(value: string): void }) {
  const { t } = useTranslation("canvas");
  const { data } = useScenes();
  return (
    <Select
      value={value || undefined}
      style={{ minWidth: 172 }}
      aria-label={t("anchor.scene")}
      options={data?.map((one) => ({ value: one.key, label: one.name }))}
      onChange={onChange}
    />
  );
}
