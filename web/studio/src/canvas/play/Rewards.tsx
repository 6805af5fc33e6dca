/** What was given away: coupons by pool, points by scheme. */
import { useTranslation } from "react-i18next";

import type { Simulation } from "../api";
import { figure } from "../numbers/reading";

export function hasRewards({ coupons = {}, points = {} }: Simulation): boolean {
  return Object.keys(coupons).length + Object.keys(points).length > 0;
}

export function Rewards({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const { beside } = simulation;
  return (
    <ul className="rb-rewards">
      {Object.entries(simulation.coupons ?? {}).map(([pool, { issued, empty, left }]) => (
        <li key={pool}>
          <span>{pool}</span>
          <b className="numbers">
            {t("play.issued", { count: figure(issued) })}
            {beside && <small> / {figure(beside.coupons?.[pool]?.issued ?? 0)}</small>}
          </b>
          {left !== null && <Share part={issued} whole={issued + left} />}
          {empty > 0 && <em>{t("play.ranDry", { count: figure(empty) })}</em>}
          {left !== null && empty === 0 && <small>{t("play.leftOver", { count: figure(left) })}</small>}
        </li>
      ))}
      {Object.entries(simulation.points ?? {}).map(([scheme, { added, taken }]) => (
        <li key={scheme}>
          <span>{scheme}</span>
          <b className="numbers">
            +{figure(added)}
            {taken > 0 && ` −${figure(taken)}`}
            {beside && <small> / +{figure(beside.points?.[scheme]?.added ?? 0)}</small>}
          </b>
          <small>{t("play.pointsWord")}</small>
        </li>
      ))}
    </ul>
  );
}

/** How much of a limited pool is gone. */
function Share({ part, whole }: { part: number; whole: number }) {
  return (
    <i className="rb-share" aria-hidden>
      <i style={{ width: `${whole > 0 ? (100 * part) / whole : 0}%` }} />
    </i>
  );
}
