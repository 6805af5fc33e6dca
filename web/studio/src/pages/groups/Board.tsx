import { Segmented } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { useGroupNumbers, type Group, type Measure, type Phase } from "@/api/groups";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Groups.module.css";
import { percent, valueText } from "./measures";

const DayChart = lazy(() => import("./DayChart"));
const SPANS = [30, 90];

/** The four phases side by side with what is measured in each and what helps where it is low; then the days. */
export default function Board({ group }: { group: Group }) {
  const { t } = useTranslation();
  const [span, setSpan] = useState(SPANS[0]!);
  const { data, error } = useGroupNumbers(group.id, span);
  return (
    <>
      <ProblemAlert problem={error} />
      <div className={css.board}>
        {((data?.phases ?? []) as Phase[]).map((phase) => (
          <PhaseColumn key={phase.key} phase={phase} now={phase.key === group.phase.key} />
        ))}
      </div>
      <section className={css.sheet} aria-label={t("groups.since")}>
        <div className={css.sheetHead}>
          <h2 className={css.partTitle}>{t("groups.since")}</h2>
          <Segmented
            size="small"
            value={span}
            options={[
              { value: 30, label: t("groups.days30") },
              { value: 90, label: t("groups.days90") },
            ]}
            onChange={setSpan}
          />
        </div>
        {data ? (
          <Suspense fallback={<div className={css.chart} />}>
            <DayChart days={data.days} />
          </Suspense>
        ) : (
          <div className={css.chart} />
        )}
      </section>
    </>
  );
}

function PhaseColumn({ phase, now }: { phase: Phase; now: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <section className={css.column} data-now={now}>
      <h2 className={css.columnHead}>
        {words(phase.title)}
        {now && <span className={css.here}>{t("groups.now")}</span>}
      </h2>
      <ul className={css.rows}>
        {phase.measures.map((measure) => (
          <li key={measure.key}>
            <Row measure={measure} now={now} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One measure: the number, where the mark is, and in the phase that is on, what helps when it is low. */
function Row({ measure, now }: { measure: Measure; now: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const low = measure.low && now;
  return (
    <>
      <div className={css.rowHead}>
        <span>{words(measure.title)}</span>
        <span>
          {measure.value === null ? (
            <span className={css.quiet}>{t("groups.unknown")}</span>
          ) : (
            <>
              <b>{valueText(measure)}</b>{" "}
              {low && <span className={css.lowWord}>{t(measure.falls ? "groups.high" : "groups.low")}</span>}
            </>
          )}
        </span>
      </div>
      {measure.unit === "share" && (
        <div
          className={css.track}
          title={
            measure.threshold === null
              ? undefined
              : t("groups.threshold", { value: percent(measure.threshold) })
          }
        >
          <div className={css.fill} data-low={low} style={{ width: percent(measure.value ?? 0) }} />
          {measure.threshold !== null && (
            <span className={css.mark} style={{ insetInlineStart: percent(measure.threshold) }} />
          )}
        </div>
      )}
      {low && (
        <p className={css.remedy}>
          {t("groups.remedy")}：{words(measure.remedy)}
        </p>
      )}
    </>
  );
}
