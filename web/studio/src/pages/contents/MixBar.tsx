import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { useMix } from "@/api/materials";

import css from "./Materials.module.css";

/** How this month's new texts are mixed, against the plan. */
export function MixBar() {
  const { t } = useTranslation();
  const { data: mix } = useMix();
  if (!mix) return <Skeleton.Input active size="small" block />;
  return (
    <section className={css.mix} aria-label={t("contents.mix", { month: mix.month, made: mix.made })}>
      <div className={css.mixHead}>
        <strong>{t("contents.mix", { month: mix.month, made: mix.made })}</strong>
        {mix.without > 0 && (
          <span className={css.quiet}>{t("contents.mixWithout", { count: mix.without })}</span>
        )}
      </div>
      {mix.made === 0 ? (
        <p className={css.quiet}>{t("contents.mixNone")}</p>
      ) : (
        <>
          <div className={css.bar} aria-hidden="true">
            {mix.parts.map((part) => (
              <span
                key={part.category}
                className={css[part.category]}
                style={{ width: `${part.percent}%` }}
              />
            ))}
          </div>
          <ul className={css.legend}>
            {mix.parts.map((part) => (
              <li key={part.category}>
                <span className={`${css.dot} ${css[part.category]}`} aria-hidden="true" />
                {t(`contents.categories.${part.category}`)} <b>{part.percent}%</b>
                <span className={css.quiet}>{t("contents.mixPlan", { plan: part.plan })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
