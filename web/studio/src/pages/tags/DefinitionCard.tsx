import { Button } from "antd";
import { useTranslation } from "react-i18next";

import type { TagDefinition, TagValue } from "@/api/tags";

import css from "./Tags.module.css";
import { useCategoryTitle } from "./useCategoryTitle";

interface DefinitionCardProps {
  definition: TagDefinition;
  onEdit?: () => void;
  onTell: (tag: string) => void;
}

const WHOLE = 100;

/** One definition: its rules in marks, and how its values are spread. */
export function DefinitionCard({ definition: one, onEdit, onTell }: DefinitionCardProps) {
  const { t } = useTranslation();
  const category = useCategoryTitle()(one.category);
  const most = Math.max(1, ...one.values.map((value) => value.worn));
  return (
    <article className={css.card} aria-label={one.title || one.name}>
      <header className={css.cardHead}>
        <h2>
          {one.title || one.name}
          {one.title && one.title !== one.name && <code>{one.name}</code>}
        </h2>
        <span className={css.mark}>{category}</span>
        {one.exclusive && <span className={css.mark}>{t("tags.exclusive")}</span>}
        {one.days && <span className={css.mark}>{t("tags.days", { count: one.days })}</span>}
        {one.by_hand === "owner" && <span className={css.mark}>{t("tags.onlyOwner")}</span>}
        {one.by_hand === "nobody" && <span className={css.mark}>{t("tags.nobody")}</span>}
        <span className={css.spacer} />
        {onEdit && (
          <Button
            size="small"
            aria-label={t("tags.editNamed", { name: one.title || one.name })}
            onClick={onEdit}
          >
            {t("tags.edit")}
          </Button>
        )}
      </header>
      {one.description && <p className={css.quiet}>{one.description}</p>}
      <ul className={css.values}>
        {one.values.map((value) => (
          <ValueLine key={value.tag} value={value} most={most} onTell={onTell} />
        ))}
      </ul>
    </article>
  );
}

function ValueLine({
  value,
  most,
  onTell,
}: {
  value: TagValue;
  most: number;
  onTell: (tag: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <li className={css.value}>
      <button
        type="button"
        className={css.valueName}
        title={t("tags.history")}
        onClick={() => onTell(value.tag)}
      >
        {value.title || value.value || value.tag}
        {!value.allowed && <em className={css.bad}> {t("tags.notAllowed")}</em>}
      </button>
      <span className={css.bar} aria-hidden="true">
        <span
          className={value.allowed ? css.barOn : css.barOld}
          style={{ width: `${(WHOLE * value.worn) / most}%` }}
        />
      </span>
      <span className={`numbers ${css.worn}`}>{t("tags.worn", { count: value.worn })}</span>
    </li>
  );
}
