import { Alert } from "antd";
import { useTranslation } from "react-i18next";

import { useTags, useTitles } from "@/api/catalogue";
import { useTagPreview, type RuleTrial } from "@/api/tags";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useSettled } from "@/parts/useSettled";

import css from "./Tags.module.css";
import { useSaid } from "./useSaid";

const TYPING_MS = 300;

/** How many would get or lose a tag if the rule were saved now. */
export function RulePreview({ trial }: { trial: RuleTrial | null }) {
  const { t } = useTranslation();
  const said = useSaid();
  const written = trial && JSON.stringify(trial);
  const settled = useSettled(written, TYPING_MS);
  const { data, error, isFetching } = useTagPreview(settled ? (JSON.parse(settled) as RuleTrial) : null);
  const waiting = settled !== written || isFetching;
  return (
    <>
      <h2 className={css.asideTitle}>{t("tags.previewTitle")}</h2>
      <ProblemAlert problem={error} />
      {!trial && <p className={css.quiet}>{t("tags.previewEmpty")}</p>}
      {trial && !data && !error && <p className={css.quiet}>{t("tags.counting")}</p>}
      {trial && data && (
        <div aria-live="polite" aria-busy={waiting} className={waiting ? css.old : undefined}>
          <p className={css.big}>{t("tags.holdsFor", { count: data.holds })}</p>
          <Numbers title={t("tags.gets")} of={data.gets} sign="+" />
          <Numbers title={t("tags.loses")} of={data.loses} sign="−" />
          <h3 className={css.asideTitle}>{t("tags.said")}</h3>
          <p className={css.sentence}>{data.words}</p>
          {data.warnings.map((one) => (
            <Alert key={one.en} type="warning" showIcon title={said(one)} />
          ))}
          <p className={css.quiet}>{t("tags.heard")}</p>
        </div>
      )}
    </>
  );
}

function Numbers({ title, of, sign }: { title: string; of: Record<string, number>; sign: string }) {
  const { t } = useTranslation();
  const titleOf = useTitles(useTags().data);
  const lines = Object.entries(of);
  if (lines.length === 0) return null;
  return (
    <>
      <h3 className={css.asideTitle}>{title}</h3>
      <ul className={css.numbersList}>
        {lines.map(([tag, count]) => (
          <li key={tag}>
            <span className={sign === "+" ? css.chipOn : css.chipOff}>
              {sign} {titleOf(tag)}
            </span>
            <span className="numbers">{t("tags.worn", { count })}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
