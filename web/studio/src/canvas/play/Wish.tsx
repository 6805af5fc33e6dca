/** What is to be simulated: whom, how many, how long, how they behave, and beside which version. */
import { Button, InputNumber, Popover, Select, Slider, Upload } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { CrowdKind, SimulationWish } from "../api";
import { useVersions } from "../compare/versions";
import { figure } from "../numbers/reading";
import { RuleInput } from "../panels/fields/RuleField";
import { isEmptyRule } from "../model/words/rule";
import { selectDefinition, useCanvas } from "../store";
import { BadLog, readLog } from "./log";
import { eventsHeard } from "./trips";

export const MOST_CONTACTS = 20_000;
export const MOST_WORK = 2_400_000;
const USUAL_CHANCE = 0.3;
const KINDS: CrowdKind[] = ["invented", "audience", "log"];

/** Why a wish cannot be played, in words; null if it can. */
export function useTooMuch(wish: SimulationWish): string | null {
  const { t } = useTranslation("canvas");
  if (wish.contacts > MOST_CONTACTS) return t("play.tooMany", { most: figure(MOST_CONTACTS) });
  if (wish.contacts * wish.days > MOST_WORK)
    return t("play.tooMuch", {
      people: figure(Math.floor(MOST_WORK / wish.days)),
      days: figure(Math.floor(MOST_WORK / wish.contacts)),
    });
  return null;
}

interface Props {
  wish: SimulationWish;
  onChange(wish: SimulationWish): void;
}

export function WishForm({ wish, onChange }: Props) {
  const { t } = useTranslation("canvas");
  const { kind } = wish.from;
  return (
    <>
      <Select
        value={kind}
        aria-label={t("play.who")}
        popupMatchSelectWidth={false}
        options={KINDS.map((value) => ({ value, label: t(`play.kind.${value}`) }))}
        onChange={(next) => onChange({ ...wish, from: { kind: next } })}
      />
      {kind === "log" && <LogFile wish={wish} onChange={onChange} />}
      {kind !== "invented" && !wish.from.events && <Where wish={wish} onChange={onChange} />}
      <label>
        {t("play.contacts")}{" "}
        <InputNumber
          min={1}
          step={100}
          value={wish.contacts}
          style={{ width: 96 }}
          onChange={(n) => onChange({ ...wish, contacts: n ?? 100 })}
        />
      </label>
      <label>
        {t("play.days")}{" "}
        <InputNumber
          min={1}
          max={1500}
          value={wish.days}
          style={{ width: 80 }}
          onChange={(n) => onChange({ ...wish, days: n ?? 30 })}
        />
      </label>
      {kind !== "log" && <Chances wish={wish} onChange={onChange} />}
      <Beside wish={wish} onChange={onChange} />
    </>
  );
}

function Where({ wish, onChange }: Props) {
  const { t } = useTranslation("canvas");
  const { where } = wish.from;
  return (
    <Popover
      trigger="click"
      placement="topLeft"
      content={
        <div className="rb-play-rule">
          <RuleInput
            value={where ?? null}
            onChange={(rule) => onChange({ ...wish, from: { ...wish.from, where: rule } })}
          />
        </div>
      }
    >
      <Button>{t(isEmptyRule(where) ? "play.everybody" : "play.some")}</Button>
    </Popover>
  );
}

function LogFile({ wish, onChange }: Props) {
  const { t } = useTranslation("canvas");
  const [wrong, setWrong] = useState<string | null>(null);
  const take = async (file: File) => {
    try {
      const events = readLog(await file.text());
      setWrong(null);
      onChange({ ...wish, from: { kind: "log", events } });
    } catch (bad) {
      setWrong(bad instanceof BadLog ? t(`play.log.${bad.why}`, { line: bad.line }) : String(bad));
    }
  };
  return (
    <span className="rb-play-log">
      <Upload
        accept=".json,.jsonl,.csv"
        showUploadList={false}
        beforeUpload={(file) => {
          void take(file);
          return false;
        }}
      >
        <Button title={t("play.log.help")}>
          {wish.from.events
            ? t("play.log.chosen", { count: wish.from.events.length, shown: figure(wish.from.events.length) })
            : t("play.log.choose")}
        </Button>
      </Upload>
      {wrong && <span className="rb-wrong">{wrong}</span>}
    </span>
  );
}

function Chances({ wish, onChange }: Props) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const names = useCanvas((state) => state.names);
  const events = useMemo(() => eventsHeard(definition), [definition]);
  const real = wish.from.kind === "audience";
  if (events.length === 0) return null;
  const rows = (
    <div className="rb-chances">
      <p className="rb-help">{t(real ? "play.chancesReal" : "play.chancesHelp")}</p>
      {events.map((event) => {
        const chance = wish.chances[event] ?? (real ? null : USUAL_CHANCE);
        return (
          <label key={event}>
            <span>{names.event(event)}</span>
            <Slider
              min={0}
              max={95}
              value={Math.round((chance ?? 0) * 100)}
              onChange={(share) => onChange({ ...wish, chances: { ...wish.chances, [event]: share / 100 } })}
            />
            <span className="numbers">
              {chance === null ? t("play.asBefore") : t("play.chance", { percent: Math.round(chance * 100) })}
            </span>
          </label>
        );
      })}
    </div>
  );
  return (
    <Popover trigger="click" placement="topLeft" content={rows}>
      <Button>{t("play.chances")}</Button>
    </Popover>
  );
}

function Beside({ wish, onChange }: Props) {
  const { t } = useTranslation("canvas");
  const live = useCanvas((state) => state.journey?.live_version?.number ?? null);
  const { data: versions } = useVersions();
  if (!versions?.length) return null;
  const options = [
    { value: 0, label: t("play.alone") },
    ...versions.map((one) => ({
      value: one.number,
      label: t(one.number === live ? "play.besideLive" : "play.beside", { n: one.number }),
    })),
  ];
  return (
    <Select
      value={wish.beside?.version ?? 0}
      aria-label={t("play.compare")}
      popupMatchSelectWidth={false}
      options={options}
      onChange={(version) => onChange({ ...wish, beside: version ? { version } : undefined })}
    />
  );
}
