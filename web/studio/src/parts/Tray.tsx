import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useRunningImports } from "@/api/imports";
import { isRunning, useMove } from "@/api/moves";
import { useMay } from "@/api/session";

import { Icon } from "./Icon";
import css from "./Tray.module.css";
import { takeFromTray, useTray, type TrayMove } from "./trayStore";

const WHOLE = 100;
const share = (done: number, all: number) => (all > 0 ? Math.floor((WHOLE * done) / all) : WHOLE);

/** Long work that goes on while one is elsewhere, and the way back to it. `on` says what lies behind it. */
export function Tray({ on }: { on: "rail" | "canvas" }) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const { data: imports } = useRunningImports();
  const moves = useTray((state) => state.moves);
  if (!mayEdit || (!imports?.length && moves.length === 0)) return null;
  return (
    <ul className={`${css.tray} ${css[on]}`} aria-label={t("shell.running")}>
      {moves.map((one) => (
        <MoveLine key={one.move} one={one} />
      ))}
      {imports?.map((job) => (
        <li key={`import-${job.id}`}>
          <Line
            to={`/contacts/import/${job.id}`}
            name={job.filename}
            said={`${share(job.done, job.rows)}%`}
            percent={share(job.done, job.rows)}
          />
        </li>
      ))}
    </ul>
  );
}

function MoveLine({ one }: { one: TrayMove }) {
  const { t } = useTranslation();
  const { data: move, error } = useMove(one.journey, one.move);
  // A move that the server no longer knows has nothing to tell.
  if (error) return null;
  const running = !move || isRunning(move);
  const percent = move ? share(move.moved, move.total) : 0;
  const said = !running
    ? t(move.state === "undone" ? "tray.undone" : "tray.done", { count: move.moved })
    : `${percent}%`;
  return (
    <li className={css.move}>
      <Line
        to={`/journeys/${one.journey}?panel=versions`}
        name={t(move?.back ? "tray.back" : "tray.move", { name: one.name })}
        said={said}
        percent={running ? percent : WHOLE}
      />
      {!running && (
        <button
          type="button"
          className={css.dismiss}
          aria-label={t("tray.dismiss", { name: one.name })}
          onClick={() => takeFromTray(one.move)}
        >
          <Icon name="close" size={13} />
        </button>
      )}
    </li>
  );
}

function Line({ to, name, said, percent }: { to: string; name: string; said: string; percent: number }) {
  return (
    <Link className={css.job} to={to}>
      <span className={css.words}>
        <span className={css.name} title={name}>
          {name}
        </span>
        <span className="numbers">{said}</span>
      </span>
      <span className={css.bar}>
        <span className={css.done} style={{ width: `${percent}%` }} />
      </span>
    </Link>
  );
}
