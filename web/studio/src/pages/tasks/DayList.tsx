import { Button } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useMay } from "@/api/session";
import { TASKS, useDay, type Customer } from "@/api/tasks";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { CustomerCard } from "./CustomerCard";
import { begin, refusal, snapshot, subscribe, undo, type Waiting } from "./queue";
import css from "./Tasks.module.css";

const keyOf = (one: Customer) => `${one.contact_id ?? ""}:${one.group_id ?? ""}:${one.tasks[0]!.id}`;

/** One list a day over all journeys, by customer; what was said goes on its way after five seconds. */
export function DayList({ staff }: { staff: number | undefined }) {
  const { t } = useTranslation();
  const leads = useMay("editor");
  const cache = useQueryClient();
  const { data, error } = useDay(staff);
  const waiting = useSyncExternalStore(subscribe, snapshot);
  const refused = useSyncExternalStore(subscribe, refusal);
  const [opened, setOpened] = useState<string | null>(null);
  useEffect(() => begin(() => void cache.invalidateQueries({ queryKey: TASKS })), [cache]);
  if (error && !data) return <ProblemAlert problem={error} />;
  if (!data) return <PageSkeleton />;
  if (!data.person)
    return (
      <EmptyState
        picture="people"
        title={t("tasks.nobody")}
        action={leads && <Link to="/tasks/team">{t("tasks.toTeam")}</Link>}
      >
        {t("tasks.nobodyWords")}
      </EmptyState>
    );
  const said = new Set(waiting.map((one) => one.task));
  const customers = data.customers
    .map((one) => ({ ...one, tasks: one.tasks.filter((task) => !said.has(task.id)) }))
    .filter((one) => one.tasks.length > 0);
  const left = customers.reduce((sum, one) => sum + one.tasks.length, 0);
  const first = customers[0] && keyOf(customers[0]);
  return (
    <>
      <p className={css.sum}>
        <b>{data.person.name}</b> · {t("tasks.left", { count: left })} ·{" "}
        {t("tasks.done", { count: data.done_today + said.size })}
        {data.overdue > 0 && <span className={css.late}> · {t("tasks.late", { count: data.overdue })}</span>}
      </p>
      {data.paused && (
        <p className={css.paused} role="status">
          {t("tasks.paused", { guard: data.paused.guard })} (<DateText iso={data.paused.since} as="minute" />)
        </p>
      )}
      {refused && (
        <p className={css.refused} role="alert">
          {refused}
        </p>
      )}
      {customers.length === 0 && <EmptyState title={t("tasks.empty")}>{t("tasks.emptyWords")}</EmptyState>}
      <ol className={css.list}>
        {customers.map((one) => (
          <CustomerCard
            key={keyOf(one)}
            of={one}
            paused={data.paused !== null}
            open={(opened ?? first) === keyOf(one)}
            byTap={opened === keyOf(one)}
            onOpen={() => setOpened(opened === keyOf(one) ? "" : keyOf(one))}
          />
        ))}
      </ol>
      <Said waiting={waiting} />
    </>
  );
}

/** What can still be taken back, or waits for the net, at the thumb. */
function Said({ waiting }: { waiting: Waiting[] }) {
  const { t } = useTranslation();
  const last = waiting.at(-1);
  const [, tick] = useState(0);
  useEffect(() => {
    const beat = window.setInterval(() => tick((n) => n + 1), 1000);
    return () => window.clearInterval(beat);
  }, []);
  if (!last) return null;
  const mayUndo = last.after > Date.now() || !navigator.onLine;
  return (
    <div className={css.said} role="status">
      <span>
        {last.said}
        {!navigator.onLine && <small> {t("tasks.offline", { count: waiting.length })}</small>}
      </span>
      {mayUndo && (
        <Button ghost onClick={() => undo(last.key)}>
          {t("tasks.undo")}
        </Button>
      )}
    </div>
  );
}
