import { useTranslation } from "react-i18next";

import type { Template } from "@/api/types";
import { PhonePreview } from "@/parts/PhonePreview";

import css from "./TemplateTexts.module.css";

/** What a template says, message by message, as customers would see it. */
export function TemplateTexts({ materials }: { materials: Template["materials"] }) {
  const { t } = useTranslation();
  const title = t("templates.texts", { count: materials.length });
  return (
    <section aria-label={title}>
      <h3 className={css.title}>{title}</h3>
      {/* Scrolled sideways, so it has to be reachable by keyboard. */}
      <ul className={css.row} tabIndex={0} aria-label={title}>
        {materials.map((material) => (
          <li key={material.key} className={css.one}>
            <div className={css.name}>{material.name}</div>
            <PhonePreview carrier={material.carrier} body={material.body} />
          </li>
        ))}
      </ul>
    </section>
  );
}
