/** What the simulator says would come of it: those inside stay, beside those inside move. */
import { useTranslation } from "react-i18next";

import type { DryRun as Run, MovePreview } from "@/api/changing";

const figure = (n: number) => n.toLocaleString("en-US");

export function DryRun({ run }: { run: NonNullable<MovePreview["dry_run"]> }) {
  const { t } = useTranslation("canvas");
  const most = Math.max(1, ...run.stay.per_day, ...run.move.per_day);
  return (
    <>
      <div className="rb-dry">
        <Column title={t("dry.stay")} run={run.stay} most={most} days={run.days} />
        <Column title={t("dry.move")} run={run.move} most={most} days={run.days} beside={run.stay} />
      </div>
      <p className="rb-help">
        {run.sample < run.of
          ? t("dry.sample", { sample: figure(run.sample), of: figure(run.of), days: run.days })
          : t("dry.all", { of: figure(run.of), days: run.days })}
      </p>
    </>
  );
}

interface ColumnProps {
  title: string;
  run: Run;
  most: number;
  days: number;
  beside?: Run;
}

function Column({ title, run, most, days, beside }: ColumnProps) {
  const { t } = useTranslation("canvas");
  const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, n) => sum + n, 0);
  const rows: [string, number, number | undefined][] = [
    [t("dry.firstHour"), run.messages_first_hour, beside?.messages_first_hour],
    [t("dry.messages", { days }), run.messages, beside?.messages],
    [t("dry.held"), total(run.held), beside && total(beside.held)],
    [t("dry.refused"), total(run.refused), beside && total(beside.refused)],
    [t("dry.late"), run.late, beside?.late],
    [t("dry.ended"), total(run.ended), beside && total(beside.ended)],
  ];
  return (
    <section className="rb-dry-column" aria-label={title}>
      <h4>{title}</h4>
      <ol className="rb-dry-bars" aria-label={t("dry.perDay")}>
        {run.per_day.map((count, day) => (
          <li key={day} title={t("dry.day", { day: day + 1, count, messages: figure(count) })}>
            <span style={{ height: `${Math.round((100 * count) / most)}%` }} />
          </li>
        ))}
      </ol>
      <dl className="rb-dry-facts">
        {rows.map(([word, value, other]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd className="numbers">
              {figure(value)}
              {other !== undefined && other !== value && <Difference by={value - other} />}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const Difference = ({ by }: { by: number }) => (
  <small className="rb-quiet">{by > 0 ? `＋${figure(by)}` : `−${figure(-by)}`}</small>
);
