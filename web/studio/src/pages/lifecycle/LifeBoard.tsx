import { Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import {
  useBoard,
  useLifeJourneys,
  type BoardColumn,
  type InJourney,
  type Lifecycle,
  type LifeStage,
} from "@/api/matching";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { stageColor } from "./colors";
import css from "./Lifecycle.module.css";
import { StagePeople } from "./StagePeople";

const MOST_SHOWN = 5;
const whole = (count: number) => count.toLocaleString("en-US");

/** Columns of stages with their numbers, and below each the journeys in which its people stand. */
export function LifeBoard({ life }: { life: Lifecycle }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useBoard(life.key);
  const journeys = useLifeJourneys(life.key);
  const [open, setOpen] = useState<LifeStage | null>(null);
  return (
    <section aria-label={t("lifecycle.board")}>
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
      <div className={css.bar}>
        <span className={css.quiet}>
          {data && t("lifecycle.total", { count: whole(data.people) as never })}
        </span>
        {data?.state === "sorting" && (
          <span className={css.quiet} role="status">
            {t("lifecycle.sorting", { percent: Math.floor(data.progress * 100) })}
          </span>
        )}
      </div>
      {!data && !error && <Skeleton active paragraph={{ rows: 8 }} />}
      {data && (
        <ol className={css.board} tabIndex={0} aria-label={life.name}>
          {life.stages.map((stage, place) => {
            const column = data.columns.find((one) => one.stage === stage.key);
            return (
              column && (
                <Column
                  key={stage.key}
                  stage={stage}
                  column={column}
                  color={stage.color || stageColor(place)}
                  inside={journeys.data?.filter((one) => one.stage === stage.key)}
                  onOpen={() => setOpen(stage)}
                />
              )
            );
          })}
        </ol>
      )}
      {open && <StagePeople life={life} stage={open} onClose={() => setOpen(null)} />}
    </section>
  );
}

interface ColumnProps {
  stage: LifeStage;
  column: BoardColumn;
  color: string;
  inside: InJourney[] | undefined;
  onOpen: () => void;
}

function Column({ stage, column, color, inside, onOpen }: ColumnProps) {
  const { t } = useTranslation();
  const days = column.days ?? null;
  return (
    <li className={css.column} style={{ borderTopColor: color }}>
      <div className={css.top}>
        <h2>{stage.name}</h2>
        <p className={css.words}>{stage.words || stage.criteria}</p>
        <button
          type="button"
          className={css.people}
          onClick={onOpen}
          aria-label={`${t("lifecycle.peopleOf", { stage: stage.name })} ${whole(column.people)}`}
        >
          {whole(column.people)}
        </button>
        <div className={css.meter} aria-hidden="true">
          <span className={css.fill} style={{ width: `${column.share * 100}%`, background: color }} />
        </div>
        <span className={css.quiet}>
          {t("lifecycle.share", { percent: (column.share * 100).toFixed(1) })}
        </span>
      </div>
      <dl className={css.numbers}>
        <dt>{t("lifecycle.arrived")}</dt>
        <dd className={column.arrived ? css.came : undefined}>
          {column.arrived ? `+${whole(column.arrived)}` : "0"}
        </dd>
        <dt>{t("lifecycle.wentOn")}</dt>
        <dd>{whole(column.went_on)}</dd>
        <dt>{t("lifecycle.lost")}</dt>
        <dd className={column.lost ? css.gone : undefined}>{column.lost ? `−${whole(column.lost)}` : "0"}</dd>
        <dt>{t("lifecycle.days")}</dt>
        <dd>
          {days === null ? "—" : t("lifecycle.daysOf", { count: days.toFixed(days < 10 ? 1 : 0) as never })}
        </dd>
      </dl>
      <div className={css.inside}>
        <h3>{t("lifecycle.journeys")}</h3>
        {inside?.length === 0 && <span className={css.quiet}>{t("lifecycle.noJourneys")}</span>}
        <ul>
          {inside?.slice(0, MOST_SHOWN).map((one) => (
            <li key={`${one.journey_id} ${one.journey_stage}`}>
              <span>
                <Link to={`/journeys/${one.journey_id}`}>{one.journey}</Link>
                <small>{one.journey_stage_name}</small>
              </span>
              <span className="numbers">{whole(one.people)}</span>
            </li>
          ))}
        </ul>
        {inside && inside.length > MOST_SHOWN && (
          <span className={css.quiet}>{t("lifecycle.more", { count: inside.length - MOST_SHOWN })}</span>
        )}
      </div>
    </li>
  );
}
