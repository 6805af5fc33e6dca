import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";

import { useHereInView } from "@/parts/useHereInView";

import css from "./AudienceTabs.module.css";
import { audiencePages } from "./pages";

/** All pages about the audience side by side; it stands on top of each of them. */
export function AudienceTabs() {
  const { t } = useTranslation();
  const strip = useHereInView<HTMLElement>();
  return (
    <nav ref={strip} className={css.tabs} aria-label={t("audience.pages")}>
      {audiencePages.map((name) => (
        <NavLink key={name} to={`/${name}`} className={({ isActive }) => (isActive ? css.on : css.tab)}>
          {t(`audience.tab.${name}`)}
        </NavLink>
      ))}
    </nav>
  );
}
