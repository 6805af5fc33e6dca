import { Button, Popconfirm, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { exportFile, isOpen, useSteer, type LongFile } from "@/api/files";
import { errorsFile } from "@/api/imports";
import { useMay } from "@/api/session";
import { DateText } from "@/parts/DateText";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import css from "./Files.module.css";

const tones: Record<LongFile["state"], Tone> = {
  arriving: "quiet",
  waiting: "quiet",
  running: "brand",
  paused: "quiet",
  cancelled: "quiet",
  done: "good",
  failed: "bad",
};
const WHOLE = 100;

/** One file: how far it is, what came of it, and what can be done with it. */
export function FileRow({ one }: { one: LongFile }) {
  const { t } = useTranslation();
  const open = isOpen(one) || one.state === "paused";
  const reading = one.way === "in" && !one.cut;
  const percent =
    one.state === "done" ? WHOLE : one.rows > 0 && !reading ? Math.floor((WHOLE * one.done) / one.rows) : 0;
  return (
    <li className={css.row}>
      <div className={css.head}>
        <span className={css.way}>{t(`files.way.${one.way}`)}</span>
        {one.way === "in" ? (
          <Link to={`/contacts/import/${one.id}`}>{one.filename}</Link>
        ) : (
          <b>{one.filename}</b>
        )}
        <span className={css.quiet}>{t(`files.kind.${one.kind}`)}</span>
        <StatusPill tone={tones[one.state]}>{t(`files.states.${one.state}`)}</StatusPill>
        <span className={css.when}>
          <DateText iso={one.created_at} />
        </span>
      </div>
      {open && (
        <Progress
          percent={percent}
          status={one.state === "paused" ? "normal" : "active"}
          aria-label={t("files.progressOf", { name: one.filename })}
        />
      )}
      <div className={css.foot}>
        <span className={css.quiet}>{said(t, one, reading)}</span>
        <Acts one={one} open={open} />
      </div>
    </li>
  );
}

function said(t: ReturnType<typeof useTranslation>["t"], one: LongFile, reading: boolean): string {
  if (one.reason) return one.reason;
  if (reading && isOpen(one)) return t("files.reading");
  const rows =
    one.rows > one.done
      ? t("files.rowsOf", { done: one.done, rows: one.rows })
      : t("files.rows", { done: one.done });
  if (one.way === "out" || one.done === 0) return rows;
  const { created, updated, failed } = one;
  return `${rows} · ${t("files.result", { created, updated, failed })}`;
}

function Acts({ one, open }: { one: LongFile; open: boolean }) {
  const { t } = useTranslation();
  const may = useMay(one.way === "in" ? "editor" : "analyst");
  const steer = useSteer();
  if (!may) return null;
  return (
    <span className={css.acts}>
      {one.way === "in" && one.problems > 0 && (
        <Button size="small" href={errorsFile(one.id)} download>
          {t("files.errors")}
        </Button>
      )}
      {one.way === "out" && one.state === "done" && (
        <>
          <Button size="small" href={exportFile(one.id, "csv")} download>
            CSV
          </Button>
          <Button size="small" href={exportFile(one.id, "xlsx")} download>
            XLSX
          </Button>
        </>
      )}
      {isOpen(one) && (
        <Button size="small" onClick={() => steer.mutate({ one, act: "pause" })}>
          {t("files.pause")}
        </Button>
      )}
      {one.state === "paused" && (
        <Button size="small" type="primary" onClick={() => steer.mutate({ one, act: "resume" })}>
          {t("files.resume")}
        </Button>
      )}
      {open && (
        <Popconfirm title={t("files.cancelSure")} onConfirm={() => steer.mutate({ one, act: "cancel" })}>
          <Button size="small">{t("files.cancel")}</Button>
        </Popconfirm>
      )}
    </span>
  );
}
