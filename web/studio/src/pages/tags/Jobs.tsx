import { Button, Progress } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMay } from "@/api/session";
import { useActOnTagJob, useTagJobs, type TagJob } from "@/api/tags";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import { Acts } from "./Acts";
import { NewJobPanel } from "./NewJobPanel";
import css from "./Tags.module.css";

const tones: Record<TagJob["state"], Tone> = {
  waiting: "quiet",
  running: "brand",
  paused: "warn",
  done: "good",
  cancelled: "quiet",
  failed: "bad",
};
const WHOLE = 100;

/** Tagging of many: how far each job is, and a way to begin one. */
export function Jobs() {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const [open, setOpen] = useState(false);
  const list = useTagJobs();
  const make = mayEdit && (
    <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setOpen(true)}>
      {t("tags.newJob")}
    </Button>
  );
  const columns: Column<TagJob>[] = [
    {
      id: "what",
      title: t("tags.what"),
      cell: (job) => (
        <div className={css.named}>
          <b>{job.name || t(`tags.whomOptions.${job.whom === "contacts" ? "segment" : job.whom}`)}</b>
          <Acts acts={{ add: job.add, remove: job.remove }} />
        </div>
      ),
    },
    {
      id: "state",
      title: t("tags.state"),
      width: 110,
      cell: (job) => <StatusPill tone={tones[job.state]}>{t(`tags.jobStates.${job.state}`)}</StatusPill>,
    },
    { id: "far", title: t("tags.far"), width: 260, cell: (job) => <Far job={job} /> },
    {
      id: "when",
      title: t("tags.when"),
      width: 120,
      minor: true,
      cell: (job) => <DateText iso={job.created_at} />,
    },
    { id: "act", title: "", width: 150, cell: (job) => mayEdit && <JobActs job={job} /> },
  ];
  return (
    <>
      {list.rows?.length !== 0 && <div className={css.cardsHead}>{make}</div>}
      <CursorTable
        label={t("tags.part.jobs")}
        list={list}
        columns={columns}
        rowKey={(job) => job.id}
        empty={
          <EmptyState picture="people" title={t("tags.noJobs")} action={make}>
            {t("tags.noJobsWords")}
          </EmptyState>
        }
      />
      <NewJobPanel open={open} onClose={() => setOpen(false)} />
    </>
  );
}

function Far({ job }: { job: TagJob }) {
  const { t } = useTranslation();
  const percent = job.total ? Math.floor((WHOLE * job.done) / job.total) : WHOLE;
  return (
    <div>
      <Progress
        percent={percent}
        size="small"
        status={job.state === "failed" ? "exception" : job.state === "done" ? "success" : "normal"}
        aria-label={t(`tags.jobStates.${job.state}`)}
      />
      <span className={`numbers ${css.quiet}`}>
        {t("tags.progress", {
          done: job.done.toLocaleString("en-US"),
          total: job.total.toLocaleString("en-US"),
        })}
        {" · "}
        {t("tags.changed", { count: job.changed })}
        {job.missing > 0 && ` · ${t("tags.missing", { count: job.missing })}`}
      </span>
    </div>
  );
}

function JobActs({ job }: { job: TagJob }) {
  const { t } = useTranslation();
  const act = useActOnTagJob();
  if (!["waiting", "running", "paused"].includes(job.state)) return null;
  const rests = job.state === "paused";
  return (
    <span className={css.acts}>
      <Button size="small" onClick={() => act.mutate({ id: job.id, act: rests ? "resume" : "pause" })}>
        {rests ? t("tags.resume") : t("tags.pause")}
      </Button>
      <Button size="small" danger onClick={() => act.mutate({ id: job.id, act: "cancel" })}>
        {t("tags.cancel")}
      </Button>
    </span>
  );
}
