import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { ContentTabs } from "@/pages/contents/ContentTabs";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PartTabs } from "@/parts/PartTabs";

import { Draws } from "./Draws";
import { Pools } from "./Pools";
import { Programs } from "./Programs";
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
      <PartTabs
        label={t("rewards.title")}
        parts={(Object.keys(PARTS) as Part[]).map((one) => ({
          to: one === "pools" ? "/coupons" : `/coupons/${one}`,
          title: t(`rewards.part.${one}`),
        }))}
      />
      <Shown />
    </Page>
  );
}
