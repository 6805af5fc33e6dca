import { useTranslation } from "react-i18next";

import type { RfmGrid, RfmGroup } from "@/api/tiers";
import { Count } from "@/parts/Count";

import css from "./Tiers.module.css";

/** The eight groups: how many, how much of the money, and how they went since last month. */
export function RfmGroups({ grid }: { grid: RfmGrid }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("rfm.groups")}>
      <h2 className={css.small}>{t("rfm.groups")}</h2>
      <table className={css.groups}>
        <thead>
          <tr>
            <th>{t("rfm.group")}</th>
            <th className={css.end}>{t("rfm.count")}</th>
            <th className={css.end}>{t("rfm.share")}</th>
            <th className={css.end}>{t("rfm.change")}</th>
            <th className={css.end}>{t("rfm.average")}</th>
          </tr>
        </thead>
        <tbody>
          {grid.groups.map((one) => (
            <tr key={one.key}>
              <td>
                <span className={css.dot} style={{ background: one.color }} aria-hidden="true" />
                <b>{one.name}</b>
                <div className={css.quiet}>{one.advice}</div>
              </td>
              <td className={css.end}>
                <Count of={one.people} />
              </td>
              <td className={`${css.end} numbers`}>{(one.money_share * 100).toFixed(1)}%</td>
              <td className={css.end}>
                <Change of={one} />
              </td>
              <td className={`${css.end} numbers`}>
                {one.people ? t("rfm.dayCount", { days: Math.round(one.days) }) : "—"}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Change({ of }: { of: RfmGroup }) {
  if (of.before === null || of.people === of.before) return <span className={css.quiet}>—</span>;
  const more = of.people - of.before;
  return (
    <span className={`numbers ${more > 0 ? css.more : css.fewer}`}>
      {more > 0 ? "+" : "−"}
      {Math.abs(more).toLocaleString("en-US")}
    </span>
  );
}
