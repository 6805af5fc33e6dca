import { useTranslation } from "react-i18next";

import { useFlow, type Dimension } from "@/api/tiers";
import { Count } from "@/parts/Count";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Tiers.module.css";

/** Who moved from which level to which in the last 30 days, the most people first. */
export function FlowTable({ dimension }: { dimension: Dimension }) {
  const { t } = useTranslation();
  const { data, error } = useFlow(dimension.key);
  const place = (level: string | null) => {
    const at = dimension.levels.findIndex((one) => one.key === level);
    return at < 0 ? dimension.levels.length : at;
  };
  const name = (level: string | null) =>
    dimension.levels.find((one) => one.key === level)?.name ?? t("tiers.nowhere");
  const rows = (data ?? []).filter((one) => one.old !== null).toSorted((a, b) => b.people - a.people);
  return (
    <div>
      <h3 className={css.small}>{t("tiers.flow")}</h3>
      <ProblemAlert problem={error} />
      {data && rows.length === 0 && <p className={css.quiet}>{t("tiers.noFlow")}</p>}
      {rows.length > 0 && (
        <table className={css.flow}>
          <tbody>
            {rows.map((one) => {
              const rises = place(one.new) < place(one.old);
              return (
                <tr key={`${one.old} ${one.new}`}>
                  <td className={rises ? css.more : css.fewer}>
                    {rises ? "↑ " : "↓ "}
                    {rises ? t("tiers.up") : t("tiers.down")}
                  </td>
                  <td>
                    {name(one.old)} → {name(one.new)}
                  </td>
                  <td className={css.end}>
                    <Count of={one.people} /> {t("tiers.people")}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </div>
  );
}
