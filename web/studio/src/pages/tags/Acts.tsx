import { useTranslation } from "react-i18next";

import { useTags, useTitles } from "@/api/catalogue";
import type { TagActs } from "@/api/tags";

import css from "./Tags.module.css";

/** Tags put on and taken off, as chips. */
export function Acts({ title, acts }: { title?: string; acts: TagActs }) {
  const { t } = useTranslation();
  const titleOf = useTitles(useTags().data);
  if (acts.add.length + acts.remove.length === 0) return null;
  return (
    <span className={css.acts}>
      {title && <span className={css.quiet}>{title}</span>}
      {acts.add.map((tag) => (
        <span key={tag} className={css.chipOn} title={`${t("tags.add")} ${tag}`}>
          + {titleOf(tag)}
        </span>
      ))}
      {acts.remove.map((tag) => (
        <span key={tag} className={css.chipOff} title={`${t("tags.remove")} ${tag}`}>
          − {titleOf(tag)}
        </span>
      ))}
    </span>
  );
}
