/** What holds for the whole journey: subject, re-entry, time zone, quiet hours, holdout. */
import { Input, InputNumber, Segmented, Select, Space } from "antd";
import { useTranslation } from "react-i18next";

import type { Reentry, Settings } from "../model/definition";
import { selectDefinition, useCanvas } from "../store";
import { ClockInput } from "./fields/ClockInput";
import { DurationInput } from "./fields/DurationInput";
import { Frame } from "./Frame";

const ZONES = [
  "Asia/Shanghai",
  "Asia/Hong_Kong",
  "Asia/Taipei",
  "Asia/Singapore",
  "Asia/Tokyo",
  "Europe/London",
  "Europe/Berlin",
  "America/New_York",
  "America/Los_Angeles",
  "UTC",
];
const MODES: Reentry["mode"][] = ["never", "after_exit", "many"];
const SUBJECTS = ["contact", "group"];
type Quiet = "inherit" | "none" | "own";

export function SettingsPanel() {
  const { t } = useTranslation("canvas");
  const settings = useCanvas((state) => selectDefinition(state).settings);
  const { run } = useCanvas.getState();
  const set = (part: Partial<Settings>, merge: string) =>
    run({ do: "setSettings", set: part }, { mergeKey: `settings:${merge}` });
  const reentry = settings.reentry ?? { mode: "never" };
  return (
    <Frame title={t("head.settings")} sign="gear">
      <Subject />
      <div className="rb-field">
        <label htmlFor="reentry">{t("settings.reentry")}</label>
        <Select
          id="reentry"
          value={reentry.mode}
          style={{ width: "100%" }}
          options={MODES.map((mode) => ({ value: mode, label: t(`settings.${mode}`) }))}
          onChange={(mode) => set({ reentry: reentryOf(mode) }, "mode")}
        />
        {reentry.mode === "after_exit" && (
          <Space style={{ marginTop: 8 }}>
            <span>{t("settings.atLeast")}</span>
            <DurationInput
              value={reentry.after ?? undefined}
              onChange={(after) =>
                set({ reentry: after ? { ...reentry, after } : { mode: "after_exit" } }, "after")
              }
              units={["hours", "days", "weeks", "months"]}
              label={t("settings.atLeast")}
            />
          </Space>
        )}
        {reentry.mode === "many" && (
          <Input
            style={{ marginTop: 8 }}
            value={reentry.key ?? ""}
            placeholder="event.order_id"
            aria-label={t("settings.key")}
            onChange={(event) => set({ reentry: { ...reentry, key: event.target.value } }, "key")}
          />
        )}
      </div>
      <div className="rb-field">
        <label htmlFor="zone">{t("settings.timezone")}</label>
        <Select
          id="zone"
          value={settings.timezone ?? undefined}
          allowClear
          showSearch
          placeholder={t("settings.zoneDefault")}
          style={{ width: "100%" }}
          options={ZONES.map((zone) => ({ value: zone, label: zone }))}
          onChange={(timezone?: string) => set({ timezone }, "zone")}
        />
        <p className="rb-help">{t("settings.zoneHelp")}</p>
      </div>
      <QuietHours value={settings.quiet_hours} onChange={(quiet_hours) => set({ quiet_hours }, "quiet")} />
      <div className="rb-field">
        <label htmlFor="holdout">{t("settings.holdout")}</label>
        <InputNumber
          id="holdout"
          min={0}
          max={50}
          value={settings.holdout_percent ?? 0}
          suffix="%"
          style={{ width: 130 }}
          onChange={(percent) => set({ holdout_percent: percent || undefined }, "holdout")}
        />
        <p className="rb-help">{t("settings.holdoutHelp")}</p>
      </div>
    </Frame>
  );
}

/** Whom the journey is about; fixed once it was published. */
function Subject() {
  const { t } = useTranslation("canvas");
  const subject = useCanvas((state) => selectDefinition(state).subject);
  const published = useCanvas((state) => state.journey?.live_version != null);
  const { run } = useCanvas.getState();
  return (
    <div className="rb-field">
      <span className="rb-label">{t("settings.subject")}</span>
      <Segmented
        block
        value={subject}
        disabled={published}
        options={SUBJECTS.map((one) => ({ value: one, label: t(`settings.subject-${one}`) }))}
        onChange={(next) => run({ do: "setSubject", subject: next })}
      />
      <p className="rb-help">{t("settings.subjectHelp")}</p>
    </div>
  );
}

const reentryOf = (mode: Reentry["mode"]): Reentry =>
  mode === "many"
    ? { mode, key: "event.order_id" }
    : mode === "after_exit"
      ? { mode, after: "P30D" }
      : { mode };

function QuietHours({
  value,
  onChange,
}: {
  value: Settings["quiet_hours"];
  onChange(value: Settings["quiet_hours"]): void;
}) {
  const { t } = useTranslation("canvas");
  const way: Quiet = Array.isArray(value) ? "own" : value === null ? "none" : "inherit";
  const [from, to] = Array.isArray(value) ? value : ["22:00", "08:00"];
  const turn = (next: Quiet) =>
    onChange(next === "own" ? ["22:00", "08:00"] : next === "none" ? null : "inherit");
  return (
    <div className="rb-field">
      <span className="rb-label">{t("settings.quiet")}</span>
      <Segmented<Quiet>
        block
        value={way}
        options={(["inherit", "own", "none"] as const).map((one) => ({
          value: one,
          label: t(`settings.quiet-${one}`),
        }))}
        onChange={turn}
      />
      {way === "own" && (
        <Space style={{ marginTop: 8 }}>
          <ClockInput
            value={from}
            onChange={(next) => onChange([next ?? "22:00", to])}
            label={t("moment.from")}
          />
          <span>–</span>
          <ClockInput
            value={to}
            onChange={(next) => onChange([from, next ?? "08:00"])}
            label={t("moment.to")}
          />
        </Space>
      )}
      <p className="rb-help">{t("settings.quietHelp")}</p>
    </div>
  );
}
