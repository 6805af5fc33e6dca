/** When something is due, asked the way a marketer thinks: after a while, on T+N, or at the next such time. */
import { Checkbox, Segmented, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Moment } from "../../model/definition";
import { isWholeDays } from "../../model/words/duration";
import { sayAnchor, sayMoment } from "../../model/words/moment";
import { typeset } from "../../model/words/names";
import { useCanvas } from "../../store";
import { AnchorInput } from "./AnchorInput";
import { ClockInput } from "./ClockInput";
import { DurationInput } from "./DurationInput";
import { MomentLimits } from "./MomentLimits";
import { SampleDates } from "./SampleDates";
import type { Scope } from "./types";

type Way = "for" | "anchored" | "next";
const WAYS: Way[] = ["for", "anchored", "next"];

const wayOf = (moment: Moment): Way => {
  if (moment.for !== undefined) return "for";
  return moment.offset !== undefined || moment.anchor !== undefined || moment.every !== undefined
    ? "anchored"
    : "next";
};

const DAYS = ["days", "weeks", "months"] as const;
const ALL = ["minutes", "hours", "days", "weeks", "months"] as const;

/** Keeps the limits and the clock when the way of counting changes. */
function turn(moment: Moment, way: Way): Moment {
  const rest: Moment = { ...moment };
  for (const key of ["for", "anchor", "offset", "every"] as const) delete rest[key];
  if (way === "for") return { ...rest, for: moment.offset?.replace("-", "") ?? "P1D" };
  if (way === "anchored") return { ...rest, offset: moment.for ?? "P1D" };
  return { ...rest, at: rest.at ?? "10:00" };
}

interface Props {
  id?: string;
  value: Moment | null | undefined;
  onChange(value: Moment | undefined): void;
  scope: Scope;
  required?: boolean;
  /** Ways that make sense here; a window of sending has none of its own. */
  ways?: readonly Way[];
}

export function MomentInput({ id, value, onChange, scope, required, ways = WAYS }: Props) {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  if (!value) {
    const begin = () => onChange(ways.includes("for") ? { for: "P1D" } : { window: ["09:00", "21:00"] });
    return (
      <button type="button" id={id} className="rb-line-item" onClick={begin}>
        ＋ {t("moment.set")}
      </button>
    );
  }
  const set = (part: Partial<Moment>) => onChange(clean({ ...value, ...part }));
  const way = wayOf(value);
  return (
    <div id={id} role="group">
      {ways.length > 1 && (
        <Segmented<Way>
          block
          value={way}
          options={ways.map((one) => ({ value: one, label: t(`moment.${one}`) }))}
          onChange={(next) => onChange(turn(value, next))}
        />
      )}
      <div style={{ marginTop: 10 }}>
        {way === "for" && <ForPart moment={value} set={set} />}
        {way === "anchored" && <AnchoredPart moment={value} set={set} scope={scope} />}
        {way === "next" && ways.includes("next") && <ClockPart moment={value} set={set} />}
      </div>
      <MomentLimits moment={value} set={set} open={!ways.includes("for")} />
      <div className="rb-dates">
        <strong>{typeset(sayMoment(value, names, scope.anchor))}</strong>
        <SampleDates moment={value} scope={scope} />
      </div>
      {!required && (
        <button
          type="button"
          className="rb-mini"
          style={{ width: "auto", padding: "0 6px" }}
          onClick={() => onChange(undefined)}
        >
          {t("moment.clear")}
        </button>
      )}
    </div>
  );
}

function clean(moment: Moment): Moment {
  const kept = Object.entries(moment).filter(
    ([, one]) => one !== undefined && one !== false && !(Array.isArray(one) && one.length === 0),
  );
  return Object.fromEntries(kept) as Moment;
}

interface Part {
  moment: Moment;
  set(part: Partial<Moment>): void;
}

function ForPart({ moment, set }: Part) {
  const { t } = useTranslation("canvas");
  const onDay = isWholeDays(moment.for);
  return (
    <Space wrap>
      <DurationInput
        value={moment.for}
        onChange={(value) => set({ for: value ?? "P0D", at: isWholeDays(value) ? moment.at : undefined })}
        label={t("moment.for")}
      />
      <span>{t("moment.later")}</span>
      {onDay && (
        <ClockInput
          value={moment.at}
          onChange={(at) => set({ at })}
          placeholder={t("moment.sameClock")}
          label={t("moment.clock")}
        />
      )}
    </Space>
  );
}

function AnchoredPart({ moment, set, scope }: Part & { scope: Scope }) {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  const [repeats, setRepeats] = useState(moment.every !== undefined);
  const onDay = isWholeDays(moment.offset ?? "P0D");
  return (
    <Space orientation="vertical" size={8}>
      <Space wrap>
        <AnchorInput
          value={moment.anchor}
          onChange={(anchor) => set({ anchor })}
          byDefault={typeset(t("moment.fromHere", { anchor: sayAnchor(scope.anchor, names) }))}
        />
        <DurationInput
          value={moment.offset ?? "P0D"}
          onChange={(offset) =>
            set({ offset: offset ?? "P0D", at: isWholeDays(offset) ? moment.at : undefined })
          }
          signed
          units={onDay ? DAYS : ALL}
          label={t("moment.offset")}
        />
        {onDay && (
          <ClockInput
            value={moment.at}
            onChange={(at) => set({ at })}
            placeholder={t("moment.sameClock")}
            label={t("moment.clock")}
          />
        )}
      </Space>
      <Space>
        <Checkbox
          checked={repeats}
          onChange={(event) => {
            setRepeats(event.target.checked);
            set({ every: event.target.checked ? "P7D" : undefined });
          }}
        >
          {t("moment.repeats")}
        </Checkbox>
        {repeats && (
          <DurationInput
            value={moment.every}
            onChange={(every) => set({ every })}
            units={DAYS}
            label={t("moment.repeats")}
          />
        )}
      </Space>
    </Space>
  );
}

function ClockPart({ moment, set }: Part) {
  const { t } = useTranslation("canvas");
  return (
    <Space>
      <span>{t("moment.nextClock")}</span>
      <ClockInput value={moment.at} onChange={(at) => set({ at })} label={t("moment.clock")} />
    </Space>
  );
}
