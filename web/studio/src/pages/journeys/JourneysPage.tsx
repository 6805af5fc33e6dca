import { Button } from "antd";
import { lazy, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { useJourneys } from "@/api/journeys";
import { useMay } from "@/api/session";
import type { Journey } from "@/api/types";
import { TemplateShelf } from "@/pages/templates/TemplateShelf";
import { Count } from "@/parts/Count";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { TripBanner } from "@/parts/guarding/TripBanner";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { WhenOpened } from "@/parts/WhenOpened";

import { DemoDoor } from "./DemoDoor";
import { JourneyActions } from "./JourneyActions";
import { JourneyStatusPill } from "./JourneyStatusPill";
import css from "./JourneysPage.module.css";

const NewJourneyPanel = lazy(() => import("./NewJourneyPanel"));

/** All journeys of the workspace: what runs, who is inside, what was changed last. */
export default function JourneysPage() {
  const { t } = useTranslation();
  const list = useJourneys();
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const mayEdit = useMay("editor");
  const none = list.rows?.length === 0;
  return (
    <Page>
      <PageHead
        title={none ? t("journeys.firstTitle") : t("journeys.title")}
        lead={none ? t("journeys.firstLead") : t("journeys.lead")}
        actions={
          mayEdit && (
            <>
              {!none && <LinkButton to="/templates">{t("journeys.fromTemplate")}</LinkButton>}
              <Button
                type={none ? "default" : "primary"}
                icon={<Icon name="plus" size={16} />}
                onClick={() => setMaking(true)}
              >
                {none ? t("journeys.blank") : t("journeys.new")}
              </Button>
            </>
          )
        }
      />
      <TripBanner />
      <CursorTable
        label={t("journeys.title")}
        list={list}
        columns={useColumns(mayEdit)}
        rowKey={(journey) => journey.id}
        onOpen={(journey) => void navigate(`/journeys/${journey.id}`)}
        empty={
          <>
            <TemplateShelf />
            <DemoDoor />
          </>
        }
      />
      <WhenOpened open={making}>
        <NewJourneyPanel open={making} onClose={() => setMaking(false)} />
      </WhenOpened>
    </Page>
  );
}

function useColumns(mayEdit: boolean): Column<Journey>[] {
  const { t } = useTranslation();
  return [
    {
      id: "name",
      title: t("journeys.name"),
      cell: (journey) => (
        <Link className={css.name} to={`/journeys/${journey.id}`}>
          {journey.name}
        </Link>
      ),
    },
    {
      id: "status",
      title: t("journeys.status"),
      width: 120,
      cell: (journey) => <JourneyStatusPill status={journey.status} />,
    },
    {
      id: "version",
      title: t("journeys.version"),
      width: 120,
      minor: true,
      cell: ({ live_version: live }) =>
        live ? <span className="numbers">v{live.number}</span> : <span className={css.none}>—</span>,
    },
    {
      id: "inside",
      title: t("journeys.inside"),
      align: "end",
      width: 110,
      cell: (journey) => <Count of={journey.inside} />,
    },
    {
      id: "updated",
      title: t("journeys.updated"),
      width: 150,
      minor: true,
      cell: (journey) => <DateText iso={journey.updated_at} />,
    },
    {
      id: "actions",
      title: "",
      width: 56,
      align: "end",
      cell: (journey) => mayEdit && <JourneyActions journey={journey} />,
    },
  ];
}
