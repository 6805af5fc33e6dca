import { useTranslation } from "react-i18next";

import type { RfmCell, RfmGrid as Grid } from "@/api/tiers";

import css from "./Tiers.module.css";

const SCORES = [1, 2, 3, 4, 5];

/** Recency to the right, frequency upwards; a cell is as dark as its share of the money. */
export function RfmGrid({ grid, onOpen }: { grid: Grid; onOpen: (cell: RfmCell) => void }) {
  const { t } = useTranslation();
  const cells = new Map(grid.cells.map((one) => [`${one.r} ${one.f}`, one]));
  const most = Math.max(0.0001, ...grid.cells.map((one) => one.money_share));
  return (
    <section aria-label={t("rfm.grid")}>
      <h2 className={css.small}>{t("rfm.grid")}</h2>
      <p className={css.quiet}>{t("rfm.gridLead")}</p>
      <table className={css.grid}>
        <tbody>
          {SCORES.toReversed().map((f) => (
            <tr key={f}>
              <th scope="row">F{f}</th>
              {SCORES.map((r) => (
                <td key={r}>
                  <Cell of={cells.get(`${r} ${f}`)} most={most} onOpen={onOpen} />
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <td className={css.axis}>
              {t("rfm.f")} ↑<br />
              {t("rfm.r")} →
            </td>
            {SCORES.map((r) => (
              <th key={r} scope="col">
                R{r}
              </th>
            ))}
          </tr>
        </tbody>
      </table>
    </section>
  );
}

function Cell({
  of,
  most,
  onOpen,
}: {
  of: RfmCell | undefined;
  most: number;
  onOpen: (cell: RfmCell) => void;
}) {
  const { t } = useTranslation();
  if (!of) return <span className={css.cellEmpty}>{t("rfm.empty")}</span>;
  const part = of.money_share / most;
  const change = of.before === null ? null : of.people - of.before;
  return (
    <button
      type="button"
      className={css.cell}
      style={{ background: `color-mix(in oklab, #0b6e4f ${Math.round(4 + part * 38)}%, var(--sheet))` }}
      onClick={() => onOpen(of)}
    >
      <b className="numbers">{t("rfm.people", { people: of.people.toLocaleString("en-US") })}</b>
      <span className="numbers">{t("rfm.moneyShare", { percent: (of.money_share * 100).toFixed(1) })}</span>
      {change !== null && (
        <span className="numbers">
          {change === 0 ? "＝" : `${change > 0 ? "▲" : "▼"} ${Math.abs(change).toLocaleString("en-US")}`}
        </span>
      )}
    </button>
  );
}
