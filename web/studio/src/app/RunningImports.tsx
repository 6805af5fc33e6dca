import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useRunningImports } from "@/api/imports";
import { useMay } from "@/api/session";

import css from "./RunningImports.module.css";

const WHOLE = 100;

/** Long work that goes on while one is elsewhere, and the way back to it. */
export function RunningImports() {
  const mayEdit = useMay("editor");
  return mayEdit ? <Tray /> : null;
}

function Tray() {
  const { t } = useTranslation();
  const { data: jobs } = useRunningImports();
  if (!jobs?.length) return null;
  return (
    <ul className={css.tray} aria-label={t("shell.running")}>
      {jobs.map((job) => {
        const percent = job.rows > 0 ? Math.floor((WHOLE * job.done) / job.rows) : 0;
        return (
          <li key={job.id}>
            <Link className={css.job} to={`/contacts/import/${job.id}`}>
              <span className={css.words}>
                <span className={css.file}>{job.filename}</span>
                <span className="numbers">{percent}%</span>
              </span>
              <span className={css.bar}>
                <span className={css.done} style={{ width: `${percent}%` }} />
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
