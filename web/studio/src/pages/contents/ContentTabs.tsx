import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";

import css from "@/pages/audience/AudienceTabs.module.css";
import { useHereInView } from "@/parts/useHereInView";

const PAGES = {
  contents: "/contents",
  scripts: "/contents/scripts",
  codes: "/codes",
  coupons: "/coupons",
} as const;

/** All pages about content side by side; it stands on top of each of them. */
export function ContentTabs() {
  const { t } = useTranslation();
  const strip = useHereInView<HTMLElement>();
  return (
    <nav ref={strip} className={css.tabs} aria-label={t("contents.tabs")}>
      {(Object.keys(PAGES) as (keyof typeof PAGES)[]).map((name) => (
        <NavLink
          key={name}
          end={name !== "coupons"}
          to={PAGES[name]}
          className={({ isActive }) => (isActive ? css.on : css.tab)}
        >
          {t(`contents.tab.${name}`)}
        </NavLink>
      ))}
    </nav>
  );
}
