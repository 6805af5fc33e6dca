import { useTranslation } from "react-i18next";
import { useParams } from "react-router";

import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PartTabs } from "@/parts/PartTabs";

import { Jobs } from "./Jobs";
import { Rules } from "./Rules";
import { Shelf } from "./Shelf";

const PARTS = ["shelf", "rules", "jobs"] as const;

/** Tags: the library with numbers, the rules that set them, and tagging of many. */
export default function TagsPage() {
  const { t } = useTranslation();
  const { part = "shelf" } = useParams();
  return (
    <Page>
      <AudienceTabs />
      <PageHead title={t("tags.title")} lead={t("tags.lead")} />
      <PartTabs
        label={t("tags.title")}
        parts={PARTS.map((one) => ({
          to: one === "shelf" ? "/tags" : `/tags/${one}`,
          title: t(`tags.part.${one}`),
        }))}
      />
      {part === "rules" ? <Rules /> : part === "jobs" ? <Jobs /> : <Shelf />}
    </Page>
  );
}
