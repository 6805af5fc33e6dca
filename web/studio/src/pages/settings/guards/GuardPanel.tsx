import { Button, Input, InputNumber, Segmented } from "antd";
import { useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import {
  useGuardPreview,
  useSaveGuard,
  type GuardAction,
  type GuardRule,
  type Measure,
  type Per,
} from "@/api/guards";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";
import { useSettled } from "@/parts/useSettled";

import css from "./Guards.module.css";

const MEASURES: Measure[] = ["deletion", "complaint", "failure"];
const PERS: Per[] = ["step", "material", "staff"];
const ACTIONS: GuardAction[] = ["tell", "slow", "pause"];
const SETTLED_MS = 400;

interface GuardPanelProps {
  id: number | null;
  name: string;
  rule: GuardRule;
  onClose: () => void;
}

/** A guard is written here, beside what it would have done in the last weeks. */
export function GuardPanel({ id, name: named, rule: before, onClose }: GuardPanelProps) {
  const { t } = useTranslation();
  const save = useSaveGuard(id);
  const [name, setName] = useState(named);
  const [rule, setRule] = useState(before);
  const change = (part: Partial<GuardRule>) => setRule({ ...rule, ...part });
  const ofStaff = rule.per === "staff" && rule.action !== "tell";
  const actionWords = t(ofStaff ? `guards.staffWords.${rule.action}` : `guards.actionWords.${rule.action}`);
  const submit = () =>
    save
      .mutateAsync({ name, rule })
      .then(onClose)
      .catch(() => undefined); // the problem is shown above the button
  return (
    <SideSheet
      open
      size={520}
      title={id === null ? t("guards.new") : t("guards.edit")}
      onClose={onClose}
      footer={
        <div className={css.foot}>
          <Button onClick={onClose}>{t("guards.cancel")}</Button>
          <Button
            type="primary"
            disabled={!name.trim()}
            loading={save.isPending}
            onClick={() => void submit()}
          >
            {id === null ? t("guards.make") : t("guards.save")}
          </Button>
        </div>
      }
    >
      <div className={css.form}>
        <Row title={t("guards.name")}>
          {(label) => (
            <Input
              aria-labelledby={label}
              value={name}
              maxLength={100}
              onChange={(e) => setName(e.target.value)}
            />
          )}
        </Row>
        <Row title={t("guards.measure")}>
          {(label) => (
            <Segmented
              aria-labelledby={label}
              value={rule.measure}
              options={MEASURES.map((value) => ({ value, label: t(`guards.measures.${value}`) }))}
              onChange={(measure) => change({ measure })}
            />
          )}
        </Row>
        <Row title={t("guards.per")}>
          {(label) => (
            <Segmented
              aria-labelledby={label}
              value={rule.per}
              options={PERS.map((value) => ({ value, label: t(`guards.pers.${value}`) }))}
              onChange={(per) => change({ per })}
            />
          )}
        </Row>
        {rule.measure !== "failure" && (
          <NumberRow
            title={t("guards.within")}
            unit={t("guards.hours")}
            value={rule.within_hours}
            max={168}
            onChange={(within_hours) => change({ within_hours })}
          />
        )}
        <NumberRow
          title={t("guards.over")}
          unit={t("guards.hours")}
          value={rule.over_hours}
          max={168}
          onChange={(over_hours) => change({ over_hours })}
        />
        <NumberRow
          title={t("guards.percent")}
          unit="%"
          value={rule.percent}
          min={0.1}
          max={100}
          step={0.5}
          onChange={(percent) => change({ percent })}
        />
        <NumberRow
          title={t("guards.minimum")}
          unit={t("guards.touches")}
          value={rule.minimum}
          max={100_000}
          onChange={(minimum) => change({ minimum })}
        />
        <Row title={t("guards.action")} help={actionWords}>
          {(label) => (
            <Segmented
              aria-labelledby={label}
              value={rule.action}
              options={ACTIONS.map((value) => ({ value, label: t(`guards.actions.${value}`) }))}
              onChange={(action) => change({ action })}
            />
          )}
        </Row>
        {rule.action === "slow" && (
          <NumberRow
            title={t("guards.factor")}
            unit="%"
            value={Math.round(rule.factor * 100)}
            min={5}
            max={90}
            step={5}
            onChange={(percent) => change({ factor: percent / 100 })}
          />
        )}
      </div>
      <Preview rule={rule} />
      <ProblemAlert problem={save.error} />
    </SideSheet>
  );
}

function Preview({ rule }: { rule: GuardRule }) {
  const { t } = useTranslation();
  const settled = useSettled(rule, SETTLED_MS);
  const { data, error } = useGuardPreview(settled);
  if (error) return <ProblemAlert problem={error} />;
  if (!data) return null;
  return (
    <section className={css.preview} aria-live="polite" aria-label={t("guards.preview")}>
      <h3>{t("guards.preview")}</h3>
      {!data.known && <p>{t("guards.previewUnknown")}</p>}
      {data.known && (
        <>
          <p className={css.count}>{t("guards.wouldTrip", { count: data.count, days: data.days })}</p>
          <p className={css.quiet}>{t("guards.previewOf", { messages: data.messages, hits: data.hits })}</p>
          <ol className={css.history}>
            {data.trips.map((trip) => (
              <li key={`${trip.at}${trip.title}`}>
                <DateText iso={trip.at} as="minute" /> {trip.title}{" "}
                <span className={css.quiet}>
                  {t("guards.share", { hits: trip.hits, touches: trip.touches })}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

interface RowProps {
  title: string;
  help?: string;
  children: (label: string) => ReactNode;
}

function Row({ title, help, children }: RowProps) {
  const label = useId();
  return (
    <div className={css.row}>
      <span id={label}>{title}</span>
      <div>
        {children(label)}
        {help && <p className={css.quiet}>{help}</p>}
      </div>
    </div>
  );
}

interface NumberRowProps {
  title: string;
  unit: string;
  value: number;
  min?: number;
  max: number;
  step?: number;
  onChange: (value: number) => void;
}

function NumberRow({ title, unit, value, min = 1, max, step = 1, onChange }: NumberRowProps) {
  return (
    <Row title={title}>
      {() => (
        <span className={css.number}>
          <InputNumber
            aria-label={title}
            value={value}
            min={min}
            max={max}
            step={step}
            onChange={(next) => next !== null && onChange(next)}
          />{" "}
          {unit}
        </span>
      )}
    </Row>
  );
}
