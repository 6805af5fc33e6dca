import { useTranslation } from "react-i18next";
import { NavLink, useParams } from "react-router";

import { ContentTabs } from "@/pages/contents/ContentTabs";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";

import { Draws } from "./Draws";
import { Pools } from "./Pools";
import { Programs } from "./Programs";
import css from "./Rewards.module.css";
import { Schemes } from "./Schemes";

const PARTS = { pools: Pools, points: Schemes, referrals: Programs, draws: Draws } as const;
type Part = keyof typeof PARTS;

/** What customers are given: coupons, points, rewards for bringing friends, and luck. */
export default function CouponsPage() {
  const { t } = useTranslation();
  const { part } = useParams();
  const shown: Part = part && part in PARTS ? (part as Part) : "pools";
  const Shown = PARTS[shown];
  return (
    <Page>
      <ContentTabs />
      <PageHead title={t("rewards.title")} lead={t("rewards.lead")} />
      <nav className={css.parts} aria-label={t("rewards.title")}>
        {(Object.keys(PARTS) as Part[]).map((one) => (
          <NavLink
            key={one}
            end
            to={one === "pools" ? "/coupons" : `/coupons/${one}`}
            className={({ isActive }) => (isActive ? css.partOn : css.part)}
          >
            {t(`rewards.part.${one}`)}
          </NavLink>
        ))}
      </nav>
      <Shown />
    </Page>
  );
}
