import { Button, Checkbox, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useAllJourneys } from "@/api/journeys";
import type { CarrierHours, Quota, Setting } from "@/api/reach";
import { Icon } from "@/parts/Icon";

import { CARRIERS } from "./choices";
import css from "./Reach.module.css";

interface Props {
  setting: Setting;
  onChange?: (setting: Setting) => void;
}

/** Quotas, hours of carriers, one message a minute, and which journey goes first. */
export function MorePolicies({ setting, onChange }: Props) {
  const { t } = useTranslation();
  const off = onChange === undefined;
  const put = (to: Partial<Setting>) => onChange?.({ ...setting, ...to });
  return (
    <fieldset className={css.more} disabled={off}>
      <legend className={css.hidden}>{t("reach.more")}</legend>
      <Rows<Quota>
        title={t("reach.quotas")}
        words={t("reach.quotasWords")}
        rows={setting.quotas}
        fresh={{ carriers: ["wecom_direct"], day: 1, monthdays: [], when_full: "hold" }}
        onChange={off ? undefined : (quotas) => put({ quotas })}
        row={(quota, change) => <QuotaRow quota={quota} onChange={change} off={off} />}
      />
      <Rows<CarrierHours>
        title={t("reach.hours")}
        words={t("reach.hoursWords")}
        rows={setting.hours}
        fresh={{ carriers: ["sms"], window: { from: "09:00", to: "20:00", workdays: true } }}
        onChange={off ? undefined : (hours) => put({ hours })}
        row={(hours, change) => <HoursRow hours={hours} onChange={change} off={off} />}
      />
      <div className={css.block}>
        <h3>{t("reach.minute")}</h3>
        <p className={css.quiet}>{t("reach.minuteWords")}</p>
        <Switch
          aria-label={t("reach.minute")}
          disabled={off}
          checked={setting.one_a_minute}
          onChange={(one_a_minute) => put({ one_a_minute })}
        />
        <p className={css.quiet}>
          {t("reach.quiet")} <Link to="/settings/workspace">{t("reach.quietWhere")}</Link>
        </p>
      </div>
      <Priority setting={setting} put={put} off={off} />
    </fieldset>
  );
}

interface RowsProps<T> {
  title: string;
  words: string;
  rows: T[];
  fresh: T;
  onChange?: (rows: T[]) => void;
  row: (one: T, change: (to: Partial<T>) => void) => React.ReactNode;
}

function Rows<T>({ title, words, rows, fresh, onChange, row }: RowsProps<T>) {
  const { t } = useTranslation();
  return (
    <div className={css.block}>
      <h3>{title}</h3>
      <p className={css.quiet}>{words}</p>
      {rows.map((one, n) => (
        <div key={n} className={css.formRow}>
          {row(one, (to) => onChange?.(rows.map((old, place) => (place === n ? { ...old, ...to } : old))))}
          {onChange && (
            <Button
              type="text"
              aria-label={t("reach.remove")}
              icon={<Icon name="close" size={16} />}
              onClick={() => onChange(rows.filter((_, place) => place !== n))}
            />
          )}
        </div>
      ))}
      {onChange && (
        <Button
          size="small"
          icon={<Icon name="plus" size={14} />}
          onClick={() => onChange([...rows, fresh])}
          aria-label={t("reach.addTo", { title })}
        >
          {t("reach.add")}
        </Button>
      )}
    </div>
  );
}

interface CarriersProps {
  value: string[];
  onChange: (carriers: string[]) => void;
  off: boolean;
}

function Carriers({ value, onChange, off }: CarriersProps) {
  const { t } = useTranslation();
  return (
    <Select
      mode="multiple"
      aria-label={t("reach.carriers")}
      placeholder={t("reach.together")}
      disabled={off}
      style={{ minWidth: 190 }}
      value={value}
      options={CARRIERS.map((carrier) => ({ value: carrier, label: t(`carriers.${carrier}`) }))}
      onChange={onChange}
    />
  );
}

interface QuotaProps {
  quota: Quota;
  onChange: (to: Partial<Quota>) => void;
  off: boolean;
}

function QuotaRow({ quota, onChange, off }: QuotaProps) {
  const { t } = useTranslation();
  return (
    <>
      <Carriers value={quota.carriers} onChange={(carriers) => onChange({ carriers })} off={off} />
      {(["day", "week", "month"] as const).map((unit) => (
        <InputNumber
          key={unit}
          aria-label={t(`reach.period.${unit}`)}
          prefix={t(`reach.period.${unit}`)}
          disabled={off}
          min={0}
          max={1000}
          style={{ width: 130 }}
          value={quota[unit] ?? null}
          onChange={(most) => onChange({ [unit]: most })}
        />
      ))}
      <Select
        mode="multiple"
        aria-label={t("reach.monthdays")}
        placeholder={t("reach.anyDay")}
        disabled={off}
        style={{ minWidth: 150 }}
        value={quota.monthdays}
        options={[...Array.from({ length: 31 }, (_, n) => n + 1), -1].map((day) => ({
          value: day,
          label: day === -1 ? t("reach.lastDay") : t("reach.dayOfMonth", { day }),
        }))}
        onChange={(monthdays: number[]) => onChange({ monthdays })}
      />
    </>
  );
}

interface HoursProps {
  hours: CarrierHours;
  onChange: (to: Partial<CarrierHours>) => void;
  off: boolean;
}

function HoursRow({ hours, onChange, off }: HoursProps) {
  const { t } = useTranslation();
  const put = (to: Partial<CarrierHours["window"]>) => onChange({ window: { ...hours.window, ...to } });
  return (
    <>
      <Carriers value={hours.carriers} onChange={(carriers) => onChange({ carriers })} off={off} />
      <Input
        type="time"
        aria-label={t("reach.from")}
        style={{ width: 120 }}
        disabled={off}
        value={hours.window.from}
        onChange={(event) => put({ from: event.target.value })}
      />
      <Input
        type="time"
        aria-label={t("reach.to")}
        style={{ width: 120 }}
        disabled={off}
        value={hours.window.to}
        onChange={(event) => put({ to: event.target.value })}
      />
      <Checkbox
        disabled={off}
        checked={hours.window.workdays === true}
        onChange={(event) =>
          onChange({
            window: {
              ...(hours.window.from && { from: hours.window.from }),
              ...(hours.window.to && { to: hours.window.to }),
              ...(event.target.checked && { workdays: true }),
            },
          })
        }
      >
        {t("reach.workdays")}
      </Checkbox>
    </>
  );
}

interface PriorityProps {
  setting: Setting;
  put: (to: Partial<Setting>) => void;
  off: boolean;
}

function Priority({ setting, put, off }: PriorityProps) {
  const { t } = useTranslation();
  const journeys = useAllJourneys().data ?? [];
  const chosen = setting.priority?.journeys ?? [];
  const hours = setting.priority?.hours ?? 24;
  const change = (keys: string[], ahead: number) =>
    put({ priority: keys.length > 0 ? { hours: ahead, journeys: keys } : null });
  return (
    <div className={css.block}>
      <h3>{t("reach.priority")}</h3>
      <p className={css.quiet}>{t("reach.priorityWords")}</p>
      <div className={css.formRow}>
        <Select
          mode="multiple"
          aria-label={t("reach.priority")}
          placeholder={t("reach.noPriority")}
          disabled={off}
          style={{ minWidth: 280 }}
          value={chosen}
          options={journeys.map(({ key, name }) => ({ value: key, label: name }))}
          onChange={(keys: string[]) => change(keys, hours)}
        />
        <InputNumber
          aria-label={t("reach.aheadHours")}
          suffix={t("reach.hoursUnit")}
          disabled={off}
          min={1}
          max={168}
          style={{ width: 120 }}
          value={hours}
          onChange={(ahead) => change(chosen, ahead ?? 24)}
        />
      </div>
    </div>
  );
}
