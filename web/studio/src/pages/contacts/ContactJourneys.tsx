import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useEnrollmentsOf, type Subject } from "@/api/people";
import type { Enrollment, EnrollmentStatus } from "@/api/types";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import css from "./ContactJourneys.module.css";

const tones: Record<EnrollmentStatus, Tone> = {
  new: "brand",
  waiting: "good",
  resting: "good",
  stopped: "bad",
  holdout: "quiet",
  ended: "quiet",
};

const NONE = { contacts: "contacts.noJourney", groups: "groups.noJourney" } as const;
const NONE_WORDS = { contacts: "contacts.noJourneyWords", groups: "groups.noJourneyWords" } as const;

/** Why is he here, what moves him next, and when: for each journey he is in or was in. */
export function ContactJourneys({ id, of = "contacts" }: { id: number; of?: Subject }) {
  const { t } = useTranslation();
  const { rows, error, refetch } = useEnrollmentsOf(id, of);
  if (error) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  if (!rows) return <Skeleton active />;
  if (rows.length === 0) {
    return <EmptyState title={t(NONE[of])}>{t(NONE_WORDS[of])}</EmptyState>;
  }
  return (
    <ul className={css.list}>
      {rows.map((enrollment) => (
        <li key={enrollment.id}>
          <Place enrollment={enrollment} />
        </li>
      ))}
    </ul>
  );
}

function Place({ enrollment }: { enrollment: Enrollment }) {
  const { t } = useTranslation();
  const words = useWords();
  const ended = enrollment.status === "ended";
  const where = [enrollment.stage_name, enrollment.step_name];
  return (
    <article className={css.place}>
      <header className={css.head}>
        <Link to={`/journeys/${enrollment.journey_id}`}>{enrollment.journey_name}</Link>
        <StatusPill tone={tones[enrollment.status]}>{t(`enrollmentStatus.${enrollment.status}`)}</StatusPill>
      </header>
      <dl className={css.answers}>
        <dt>{ended ? t("contacts.endedAs") : t("contacts.where")}</dt>
        <dd>{ended ? (enrollment.result ?? "—") : where.filter(Boolean).join(" › ") || "—"}</dd>
        {!ended && (
          <>
            <dt>{t("contacts.waitingFor")}</dt>
            <dd>{words(enrollment.waiting_for) || "—"}</dd>
            {enrollment.moved_by && (
              <>
                <dt>{t("contacts.movedBy")}</dt>
                <dd>{words(enrollment.moved_by)}</dd>
              </>
            )}
            <dt>{t("contacts.nextAt")}</dt>
            <dd>
              {enrollment.next_at ? <DateText iso={enrollment.next_at} as="minute" /> : t("contacts.onEvent")}
            </dd>
          </>
        )}
        <dt>{ended ? t("contacts.endedAt") : t("contacts.hereSince")}</dt>
        <dd>
          <DateText iso={ended ? enrollment.ended_at : enrollment.since} />
        </dd>
      </dl>
    </article>
  );
}
