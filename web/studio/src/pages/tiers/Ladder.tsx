import { useTranslation } from "react-i18next";

import type { Dimension } from "@/api/tiers";
import { Count } from "@/parts/Count";

import { colorAt } from "./example";
import css from "./Tiers.module.css";

/** Levels from high to low, each with what it takes, what it brings, and a bar of the people in it. */
export function Ladder({ dimension }: { dimension: Dimension }) {
  const { t } = useTranslation();
  const all = dimension.levels.reduce((sum, level) => sum + level.people, 0);
  const most = Math.max(1, ...dimension.levels.map((level) => level.people));
  return (
    <ol className={css.ladder}>
      {dimension.levels.map((level, place) => {
        const isFloor = !level.criteria && place === dimension.levels.length - 1;
        return (
          <li
            key={level.key}
            className={css.rung}
            style={{ borderInlineStartColor: level.color || colorAt(place) }}
          >
            <b className={css.rungName}>{level.name}</b>
            <div className={css.rungWords}>
              <span>{level.words || (isFloor ? t("tiers.floor") : level.criteria || t("tiers.noRule"))}</span>
              {level.words && level.criteria && <span className={css.quiet}>{level.criteria}</span>}
              {level.benefits.length > 0 && (
                <span className={css.benefits}>
                  {t("tiers.benefits")}：{level.benefits.join(" · ")}
                </span>
              )}
            </div>
            <div className={css.rungBar}>
              <span
                className={css.bar}
                style={{
                  width: `${(level.people / most) * 100}%`,
                  background: level.color || colorAt(place),
                }}
              />
            </div>
            <span className={css.rungCount}>
              <Count of={level.people} />
              <span className={css.quiet}>
                {all > 0 && t("tiers.share", { percent: ((level.people / all) * 100).toFixed(1) })}
              </span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
