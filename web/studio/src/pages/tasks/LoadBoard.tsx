import { Button, Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useCrew, useLoad, useOpenTasks, useReassign, useStaffKeys, type Load } from "@/api/tasks";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { AskFor } from "./AskFor";
import { StaffPanel } from "./StaffPanel";
import css from "./Tasks.module.css";

const nameOf = (one: Load) => `${one.staff_id ?? ""}:${one.team}`;

/** How much everybody has to do, what is overdue, and giving tasks on to somebody else. */
export function LoadBoard() {
  const { t } = useTranslation();
  const { data, error } = useLoad();
  const [chosen, setChosen] = useState<Load | null>(null);
  const [asks, setAsks] = useState(false);
  const [changing, setChanging] = useState<number | null>(null);
  const changed = useStaffKeys().data?.find((one) => one.id === changing);
  if (error) return <ProblemAlert problem={error} />;
  if (!data) return <PageSkeleton />;
  const most = Math.max(1, ...data.map((one) => one.open));
  return (
    <>
      <div className={css.bar}>
        <Button type="primary" onClick={() => setAsks(!asks)}>
          {t("tasks.askFor")}
        </Button>
      </div>
      {changed && <StaffPanel key={changed.id} staff={changed} onClose={() => setChanging(null)} />}
      {asks && <AskFor onClose={() => setAsks(false)} />}
      {data.length === 0 ? (
        <EmptyState picture="people" title={t("tasks.noStaff")}>
          {t("tasks.noStaffWords")}
        </EmptyState>
      ) : (
        <table className={`${css.table} ${css.board}`}>
          <caption className={css.hidden}>{t("tasks.part.team")}</caption>
          <thead>
            <tr>
              <th>{t("tasks.person")}</th>
              <th>{t("tasks.team")}</th>
              <th>{t("tasks.open")}</th>
              <th>{t("tasks.overdue")}</th>
              <th>{t("tasks.doneToday")}</th>
              <th>
                <span className={css.hidden}>{t("tasks.reassign")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.map((one) => (
              <tr key={nameOf(one)}>
                <td>
                  {one.staff_id ? (
                    <Link to={`/tasks?staff=${one.staff_id}`}>{one.name}</Link>
                  ) : (
                    <i>{t("tasks.untaken")}</i>
                  )}
                  {one.away_until && (
                    <small className={css.quiet}>
                      {" "}
                      {t("tasks.away")} <DateText iso={one.away_until} as="minute" />
                    </small>
                  )}
                </td>
                <td>{one.team || "—"}</td>
                <td>
                  <span className={css.measure}>
                    <span style={{ width: `${(one.open / most) * 100}%` }} />
                  </span>
                  <b className="numbers">{one.open}</b>
                </td>
                <td className={one.overdue > 0 ? css.late : ""}>
                  <span className="numbers">{one.overdue}</span>
                </td>
                <td className="numbers">{one.done_today}</td>
                <td className={css.deeds}>
                  {one.staff_id && (
                    <Button
                      aria-label={t("tasks.changeStaff", { name: one.name })}
                      onClick={() => setChanging(one.staff_id)}
                    >
                      {t("tasks.change")}
                    </Button>
                  )}
                  {one.open > 0 && (
                    <Button
                      aria-label={t("tasks.reassignOf", { name: one.name || one.team })}
                      onClick={() => setChosen(one)}
                    >
                      {t("tasks.reassign")}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {chosen && <Reassign key={nameOf(chosen)} of={chosen} onClose={() => setChosen(null)} />}
    </>
  );
}

function Reassign({ of, onClose }: { of: Load; onClose(): void }) {
  const { t } = useTranslation();
  const { data: crew } = useCrew();
  const { data: open } = useOpenTasks(of.staff_id ? { staff_id: of.staff_id } : { team: of.team });
  const reassign = useReassign();
  const [picked, setPicked] = useState<number[] | null>(null);
  const [to, setTo] = useState<number | undefined>();
  const [note, setNote] = useState("");
  const rows = (open ?? []).filter((one) => one.staff_id === of.staff_id);
  const ids = picked ?? rows.map((one) => one.id);
  const options = (crew?.people ?? [])
    .filter((one) => one.id !== of.staff_id)
    .map((one) => ({ value: one.id, label: one.team ? `${one.name}（${one.team}）` : one.name }));
  return (
    <section className={css.panel} aria-label={t("tasks.reassignOf", { name: of.name || of.team })}>
      <h2>{t("tasks.reassignOf", { name: of.name || of.team })}</h2>
      <ProblemAlert problem={reassign.error} />
      <Checkbox.Group
        className={css.checks}
        value={ids}
        onChange={(values) => setPicked(values as number[])}
        options={rows.map((one) => ({
          value: one.id,
          label: `${one.contact_name || one.group_name || t("tasks.noCustomer")} · ${one.title}`,
        }))}
      />
      <div className={css.fields}>
        <Select
          aria-label={t("tasks.toWhom")}
          placeholder={t("tasks.toWhom")}
          value={to}
          options={options}
          onChange={setTo}
        />
        <Input
          aria-label={t("tasks.note")}
          placeholder={t("tasks.note")}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <Button
          type="primary"
          disabled={!to || ids.length === 0}
          loading={reassign.isPending}
          onClick={() => reassign.mutate({ ids, staff_id: to!, note }, { onSuccess: onClose })}
        >
          {t("tasks.reassignDo", { count: ids.length })}
        </Button>
        <Button onClick={onClose}>{t("parts.cancel")}</Button>
      </div>
    </section>
  );
}
