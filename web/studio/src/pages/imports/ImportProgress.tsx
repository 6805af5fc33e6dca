import { Alert, Button, Progress, Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { errorsFile, isOver, useImport } from "@/api/imports";
import type { ImportJob } from "@/api/types";
import { Count } from "@/parts/Count";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Imports.module.css";

/** How far an import is, and how it ended. It goes on when one leaves. */
export function ImportProgress({ id, onAgain }: { id: number; onAgain: () => void }) {
  const { t } = useTranslation();
  const { data: job, error, refetch } = useImport(id);
  if (error) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  if (!job) return <Skeleton active />;
  const over = isOver(job);
  return (
    <section className={css.sheet} aria-live="polite">
      <p className={css.file}>
        <strong>{job.filename}</strong> {t(`importState.${job.state}`)}
      </p>
      <Progress
        percent={share(job)}
        status={job.state === "failed" ? "exception" : over ? "success" : "active"}
        aria-label={t("imports.progress")}
      />
      {job.reason && <Alert type="error" showIcon title={job.reason} />}
      <Figures job={job} />
      {!over && <p className={css.quiet}>{t("imports.mayLeave")}</p>}
      {over && (
        <div className={css.buttons}>
          <Outcome job={job} />
          {job.failed > 0 && (
            <Button icon={<Icon name="download" size={16} />} href={errorsFile(job.id)} download>
              {t("imports.errorsFile")}
            </Button>
          )}
          <Button onClick={onAgain}>{t("imports.again")}</Button>
        </div>
      )}
    </section>
  );
}

/** Where to see what the file became. */
function Outcome({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const ways = {
    contacts: ["/contacts", t("imports.toContacts")],
    events: ["/events", t("imports.toEvents")],
    list: [`/segments/${String(job.options?.list)}`, t("imports.toList")],
  } as const;
  const [to, words] = ways[job.kind];
  return (
    <LinkButton type="primary" to={to}>
      {words}
    </LinkButton>
  );
}

function Figures({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const figures = [
    ["read", job.done],
    ["created", job.created],
    ["updated", job.updated],
    ["failed", job.failed],
  ] as const;
  return (
    <dl className={css.figures}>
      {figures.map(([name, number]) => (
        <div key={name} className={name === "failed" && number > 0 ? css.figureBad : css.figure}>
          <dt>{t(`imports.figure.${name}`)}</dt>
          <dd>
            <Count of={number} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function share(job: ImportJob): number {
  if (job.state === "done") return 100;
  return job.rows > 0 ? Math.floor((100 * job.done) / job.rows) : 0;
}
