import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { useMay } from "@/api/session";
import { useAdopt, type UndefinedTag } from "@/api/tags";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Tags.module.css";
import { useCategoryTitle } from "./useCategoryTitle";

const MOST = 200;

/** Tags that came in and mean nothing yet; each is taken over with one click. */
export function Undefined({ tags }: { tags: UndefinedTag[] }) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const titleOf = useCategoryTitle();
  const adopt = useAdopt();
  if (tags.length === 0) return <p className={css.quiet}>{t("tags.noUndefined")}</p>;
  return (
    <>
      <p className={css.quiet}>{t("tags.undefinedLead")}</p>
      <ProblemAlert problem={adopt.error} />
      {mayEdit && (
        <div className={css.cardsHead}>
          {["basic", "behaviour", "interest"].map((category) => (
            <Button
              key={category}
              loading={adopt.isPending}
              onClick={() => adopt.mutate({ names: tags.slice(0, MOST).map((one) => one.tag), category })}
            >
              {t("tags.adoptAll", { category: titleOf(category) })}
            </Button>
          ))}
        </div>
      )}
      <ul className={css.undefined}>
        {tags.map((one) => (
          <li key={one.tag}>
            <span className={css.chip}>{one.title || one.tag}</span>
            <span className={`numbers ${css.quiet}`}>{t("tags.worn", { count: one.worn })}</span>
            {mayEdit && (
              <Button
                size="small"
                aria-label={`${t("tags.adopt")} ${one.tag}`}
                onClick={() => adopt.mutate({ names: [one.tag], category: "basic" })}
              >
                {t("tags.adopt")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
