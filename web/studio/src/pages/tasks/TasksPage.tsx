import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";

import { useMay } from "@/api/session";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PartTabs } from "@/parts/PartTabs";

import { AddStaff } from "./AddStaff";
import { Cases } from "./Cases";
import { DayList } from "./DayList";
import { LoadBoard } from "./LoadBoard";

const PARTS = ["day", "team", "cases"] as const;

/** The cockpit: one's day on a phone; for team leads the load of everybody, and unusual cases. */
export default function TasksPage() {
  const { t } = useTranslation();
  const { part = "day" } = useParams();
  const [asked] = useSearchParams();
  const leads = useMay("editor");
  const staff = Number(asked.get("staff")) || undefined;
  return (
    <Page width={part === "day" ? "narrow" : "wide"}>
      <PageHead title={t("tasks.title")} lead={leads ? t("tasks.lead") : undefined} />
      {leads && (
        <PartTabs
          label={t("tasks.title")}
          parts={PARTS.map((one) => ({
            to: one === "day" ? "/tasks" : `/tasks/${one}`,
            title: t(`tasks.part.${one}`),
          }))}
        />
      )}
      {leads && part === "team" ? (
        <>
          <AddStaff />
          <LoadBoard />
        </>
      ) : leads && part === "cases" ? (
        <Cases />
      ) : (
        <DayList staff={staff} />
      )}
    </Page>
  );
}
