import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useImports } from "@/api/imports";
import type { ImportJob } from "@/api/types";
import { Count } from "@/parts/Count";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import css from "./Imports.module.css";

const tones: Record<ImportJob["state"], Tone> = {
  waiting: "quiet",
  running: "brand",
  arriving: "quiet",
  paused: "quiet",
  cancelled: "quiet",
  done: "good",
  failed: "bad",
};

/** Imports of before, so that a running one is found again. */
export function ImportsList() {
  const { t } = useTranslation();
  const list = useImports();
  const columns: Column<ImportJob>[] = [
    {
      id: "file",
      title: t("imports.file"),
      cell: (job) => <Link to={`/contacts/import/${job.id}`}>{job.filename}</Link>,
    },
    {
      id: "state",
      title: t("imports.state"),
      width: 110,
      cell: (job) => <StatusPill tone={tones[job.state]}>{t(`importState.${job.state}`)}</StatusPill>,
    },
    { id: "rows", title: t("imports.rows"), width: 90, align: "end", cell: (job) => <Count of={job.rows} /> },
    {
      id: "failed",
      title: t("imports.figure.failed"),
      width: 90,
      align: "end",
      minor: true,
      cell: (job) => <Count of={job.failed} />,
    },
    {
      id: "when",
      title: t("imports.when"),
      width: 130,
      minor: true,
      cell: (job) => <DateText iso={job.created_at} />,
    },
  ];
  if (list.rows?.length === 0) return null;
  return (
    <section>
      <h2 className={css.before}>{t("imports.before")}</h2>
      <CursorTable
        label={t("imports.before")}
        list={list}
        columns={columns}
        rowKey={(job) => job.id}
        empty={null}
      />
    </section>
  );
}
