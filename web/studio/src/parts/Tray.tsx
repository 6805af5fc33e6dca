import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useMay } from "@/api/session";
import { useWork, type Work } from "@/api/work";

import { Icon } from "./Icon";
import css from "./Tray.module.css";
import { putAway, useTray } from "./trayStore";

const WHOLE = 100;
const share = (done: number, all: number) => (all > 0 ? Math.floor((WHOLE * done) / all) : WHOLE);
const keyOf = (one: Work) => `${one.kind}-${one.id}`;

/** Long work that goes on while one is elsewhere, and the way back to it. `on` says what lies behind it. */
export function Tray({ on }: { on: "rail" | "canvas" }) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const { data } = useWork(mayEdit);
  const away = useTray((state) => state.away);
  const shown = data?.filter((one) => one.kind === "import" || one.running || !away.includes(keyOf(one)));
  if (!mayEdit || !shown?.length) return null;
  return (
    <ul className={`${css.tray} ${css[on]}`} aria-label={t("shell.running")}>
      {shown.map((one) =>
        one.kind === "move" ? (
          <MoveLine key={keyOf(one)} one={one} />
        ) : (
          <ImportLine key={keyOf(one)} job={one} />
        ),
      )}
    </ul>
  );
}

const behind = (job: Work) =>
  ({ tags: "/tags/jobs", export: "/files", wecom: "/settings/channels" })[job.kind as string] ??
  `/contacts/import/${job.id}`;

function ImportLine({ job }: { job: Work }) {
  const percent = share(job.done, job.total);
  return (
    <li>
      <Line to={behind(job)} name={job.name} said={`${percent}%`} percent={percent} />
    </li>
  );
}

function MoveLine({ one }: { one: Work }) {
  const { t } = useTranslation();
  const { running } = one;
  const percent = share(one.done, one.total);
  const ended = () => t(one.state === "undone" ? "tray.undone" : "tray.done", { count: one.done });
  return (
    <li className={css.move}>
      <Line
        to={`/journeys/${one.journey_id}?panel=versions`}
        name={t(one.back ? "tray.back" : "tray.move", { name: one.name })}
        said={running ? `${percent}%` : ended()}
        percent={running ? percent : WHOLE}
      />
      {!running && (
        <button
          type="button"
          className={css.dismiss}
          aria-label={t("tray.dismiss", { name: one.name })}
          onClick={() => putAway(keyOf(one))}
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
