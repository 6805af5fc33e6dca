import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useEventKinds, type EventKind } from "@/api/events";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { LinkButton } from "@/parts/LinkButton";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill } from "@/parts/StatusPill";

import { useListed } from "@/parts/language";

import { DayBars } from "./DayBars";
import { EventPanel } from "./EventPanel";
import css from "./Events.module.css";

/** Every event with how much of it came; a click opens what there is to know about it. */
export function EventKinds() {
  const { t } = useTranslation();
  const listed = useListed();
  const { data, error, refetch } = useEventKinds();
  const [open, setOpen] = useState<string | null>(null);
  if (error) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  if (!data) return <PageSkeleton />;
  if (data.length === 0) {
    return (
      <EmptyState
        title={t("events.empty")}
        picture="letters"
        action={
          <LinkButton type="primary" to="/events/send">
            {t("events.send")}
          </LinkButton>
        }
      >
        {t("events.emptyWords")}
      </EmptyState>
    );
  }
  const shown = [...data].sort((a, b) => total(b) - total(a) || a.name.localeCompare(b.name));
  return (
    <>
      <table className={css.table} aria-label={t("events.catalogue")}>
        <thead>
          <tr>
            <th scope="col">{t("events.name")}</th>
            <th scope="col">{t("events.properties")}</th>
            <th scope="col">{t("events.volume")}</th>
            <th scope="col">{t("events.lastSeen")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((kind) => (
            <tr key={kind.name}>
              <td>
                <button type="button" className={css.name} onClick={() => setOpen(kind.name)}>
                  {kind.called}
                </button>
                {kind.called !== kind.name && <code className={css.code}>{kind.name}</code>}
                {kind.warnings > 0 && (
                  <StatusPill tone="bad">{t("events.warnings", { count: kind.warnings })}</StatusPill>
                )}
              </td>
              <td className={css.quiet}>{listed(Object.keys(kind.properties))}</td>
              <td>
                <DayBars
                  days={kind.days}
                  label={t("events.perDay", { name: kind.called, count: total(kind) })}
                />
                <span className="numbers">{total(kind)}</span>
              </td>
              <td className={css.quiet}>
                {kind.last_seen ? <DateText iso={kind.last_seen} /> : t("events.never")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <EventPanel name={open} onClose={() => setOpen(null)} />
    </>
  );
}

const total = (kind: EventKind) => kind.days.reduce((sum, day) => sum + day, 0);
