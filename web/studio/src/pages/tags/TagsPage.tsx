import { useTranslation } from "react-i18next";
import { NavLink, useParams } from "react-router";

import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";

import { Jobs } from "./Jobs";
import { Rules } from "./Rules";
import { Shelf } from "./Shelf";
import css from "./Tags.module.css";

const PARTS = ["shelf", "rules", "jobs"] as const;

/** Tags: the library with numbers, the rules that set them, and tagging of many. */
export default function TagsPage() {
  const { t } = useTranslation();
  const { part = "shelf" } = useParams();
  return (
    <Page>
      <AudienceTabs />
      <PageHead title={t("tags.title")} lead={t("tags.lead")} />
      <nav className={css.parts} aria-label={t("tags.title")}>
        {PARTS.map((one) => (
          <NavLink
            key={one}
            end
            to={one === "shelf" ? "/tags" : `/tags/${one}`}
            className={({ isActive }) => (isActive ? css.partOn : css.part)}
          >
            {t(`tags.part.${one}`)}
          </NavLink>
        ))}
      </nav>
      {part === "rules" ? <Rules /> : part === "jobs" ? <Jobs /> : <Shelf />}
    </Page>
  );
}
