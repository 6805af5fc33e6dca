import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { ApiProblem } from "@/api/problem";
import { useLiveCount, useRulePreview, type RuleTree } from "@/api/segments";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useSettled } from "@/parts/useSettled";

import css from "./Segments.module.css";

const TYPING_MS = 250;
const UNFINISHED = 422;

/** How many a rule means at this moment, who some of them are, and the rule as a sentence. */
export function LiveCount({ rule, empty }: { rule: RuleTree | null; empty: string }) {
  const { t } = useTranslation();
  const asked = useSettled(rule, TYPING_MS);
  const { data, error, isFetching } = useLiveCount(asked);
  const waiting = rule !== asked || isFetching;
  if (rule === null) return <p className={css.quiet}>{empty}</p>;
  // A condition that is not finished yet is no fault: it says what is missing, and the number waits.
  if (error instanceof ApiProblem && error.status === UNFINISHED)
    return (
      <>
        <p className={css.quiet}>{t("segments.unfinished")}</p>
        <ul className={css.missing}>
          {error.entries.map((entry) => (
            <li key={`${entry.path} ${entry.message}`}>{entry.message}</li>
          ))}
        </ul>
      </>
    );
  return (
    <>
      <ProblemAlert problem={error} />
      <p className={css.bigLine} aria-live="polite" aria-busy={waiting}>
        <span className={waiting ? css.bigOld : css.big}>
          {data ? `${data.exact ? "" : "≈ "}${data.count.toLocaleString("en-US")}` : "…"}
        </span>{" "}
        {t("segments.people")}
      </p>
      <p className={css.quiet}>
        {!data || waiting
          ? t("segments.counting")
          : data.exact
            ? t("segments.exactIn", { ms: Math.round(data.took_ms) })
            : t("segments.approximate", { sampled: (data.sampled ?? 0).toLocaleString("en-US") })}
      </p>
      {data && !error && (
        <>
          <h3 className={css.asideTitle}>{t("segments.said")}</h3>
          <p className={css.sentence}>{data.words}</p>
          <Sample rule={asked} known={data.count} />
        </>
      )}
    </>
  );
}

function Sample({ rule, known }: { rule: RuleTree | null; known: number }) {
  const { t } = useTranslation();
  const { data } = useRulePreview(known > 0 ? rule : null);
  return (
    <>
      <h3 className={css.asideTitle}>{t("segments.sample")}</h3>
      {known === 0 && <p className={css.quiet}>{t("segments.nobody")}</p>}
      {known > 0 && !data && <Skeleton active title={false} paragraph={{ rows: 2 }} />}
      {known > 0 && (
        <ul className={css.sample}>
          {data?.map((one) => (
            <li key={one.id}>
              <Link to={`/contacts/${one.id}`} target="_blank" rel="noreferrer">
                {one.name || one.external_id || `#${one.id}`}
              </Link>
              {one.name && one.external_id && <span className={css.quiet}> {one.external_id}</span>}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
