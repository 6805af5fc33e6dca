import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Connection } from "@/api/connections";
import { useMay } from "@/api/session";
import { useReading, useReadNow, type Reading } from "@/api/wecom";
import { HandOnForm } from "@/pages/contacts/HandOnForm";
import { GroupTransfers, Transfers } from "@/pages/contacts/Transfers";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import css from "./ReadingPart.module.css";

const tones: Record<Reading["state"], Tone> = { waiting: "quiet", reading: "warn", rests: "good" };

/** How far a company has been read, what waits on either side, and handing a member's customers on. */
export function ReadingPart({ connection }: { connection: Connection }) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const { data, error } = useReading(connection.id);
  const now = useReadNow(connection.id);
  const [handing, setHanding] = useState(false);
  if (error) return <ProblemAlert problem={error} />;
  if (!data) return null;
  return (
    <section className={css.part} aria-label={t("wecom.sync")}>
      <div className={css.head}>
        <h3>{t("wecom.sync")}</h3>
        <StatusPill tone={tones[data.state]}>
          {t(`wecom.state.${data.state}`)}
          {data.stage && ` · ${t(`wecom.stage.${data.stage}`)}`}
        </StatusPill>
      </div>
      <Numbers told={data} />
      <Times told={data} />
      {data.tags_failed > 0 && (
        <p className={css.bad}>{t("wecom.tagsFailed", { count: data.tags_failed })}</p>
      )}
      <ProblemAlert problem={now.error} />
      {mayEdit && (
        <div className={css.acts}>
          <Button
            onClick={() => now.mutate()}
            loading={now.isPending}
            disabled={data.state !== "rests" || connection.state !== "on"}
          >
            {t("wecom.now")}
          </Button>
          <Button type="text" onClick={() => setHanding(!handing)} aria-expanded={handing}>
            {t("wecom.handAll")}
          </Button>
        </div>
      )}
      {handing && <HandOnForm from={null} contact={null} onDone={() => setHanding(false)} />}
      <Transfers contact={null} />
      <GroupTransfers />
    </section>
  );
}

function Numbers({ told }: { told: Reading }) {
  const { t } = useTranslation();
  const shown: [string, number][] = [
    [t("wecom.customers"), told.customers],
    [t("wecom.groups"), told.groups],
    [t("wecom.tags"), told.tags],
    [t("wecom.waiting"), told.looks],
    [t("wecom.tagsOut"), told.tags_waiting],
  ];
  return (
    <dl className={css.numbers}>
      {shown.map(([name, number]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="numbers">{number.toLocaleString()}</dd>
        </div>
      ))}
    </dl>
  );
}

function Times({ told }: { told: Reading }) {
  const { t } = useTranslation();
  if (told.state === "reading") return <p className={css.quiet}>{t("wecom.done", { count: told.done })}</p>;
  if (!told.finished_at) return null;
  return (
    <p className={css.quiet}>
      {t("wecom.finished")} <DateText iso={told.finished_at} />
      {told.next_at && (
        <>
          {" · "}
          {t("wecom.next")} <DateText iso={told.next_at} />
        </>
      )}
    </p>
  );
}
