import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { useContents, type Wanted } from "@/api/contents";
import { useMay } from "@/api/session";
import type { Material } from "@/api/types";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { useSettled } from "@/parts/useSettled";

import css from "./Contents.module.css";
import { ContentTabs } from "./ContentTabs";
import { Filters } from "./Filters";
import { MaterialState } from "./MaterialState";
import { MixBar } from "./MixBar";
import { RulesPanel } from "./RulesPanel";
import { spoken } from "./variables";

const TYPING_MS = 300;

/** The texts that journeys send, each under the key by which its steps call it. */
export default function ContentsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayEdit = useMay("editor");
  const [wanted, setWanted] = useState<Wanted>({});
  const [ruling, setRuling] = useState(false);
  const q = useSettled((wanted.q ?? "").trim(), TYPING_MS);
  const list = useContents({ ...wanted, q });
  const filtered = Object.values(wanted).some((one) => one !== undefined && one !== "");
  return (
    <Page>
      <ContentTabs />
      <PageHead
        title={t("contents.title")}
        lead={t("contents.lead")}
        actions={
          mayEdit && (
            <>
              <Button icon={<Icon name="gear" size={16} />} onClick={() => setRuling(true)}>
                {t("contents.rules")}
              </Button>
              <LinkButton type="primary" to="/contents/new" icon={<Icon name="plus" size={16} />}>
                {t("contents.new")}
              </LinkButton>
            </>
          )
        }
      />
      <MixBar />
      <Filters wanted={wanted} onChange={setWanted} />
      <CursorTable
        label={t("contents.title")}
        list={list}
        columns={useColumns()}
        rowKey={(material) => material.id}
        onOpen={(material) => void navigate(`/contents/${material.id}`)}
        empty={
          filtered ? (
            <EmptyState
              picture="letters"
              title={q ? t("contents.notFound", { wanted: q }) : t("contents.nothingFits")}
            />
          ) : (
            <NoneYet />
          )
        }
      />
      {ruling && <RulesPanel onClose={() => setRuling(false)} />}
    </Page>
  );
}

function NoneYet() {
  const { t } = useTranslation();
  return (
    <EmptyState
      picture="letters"
      title={t("contents.none")}
      action={
        <LinkButton type="primary" to="/templates">
          {t("journeys.fromTemplate")}
        </LinkButton>
      }
    >
      {t("contents.noneWords")}
    </EmptyState>
  );
}

function useColumns(): Column<Material>[] {
  const { t } = useTranslation();
  return [
    {
      id: "name",
      title: t("contents.name"),
      cell: (material) => (
        <div className={css.named}>
          <Link className={css.name} to={`/contents/${material.id}`}>
            {material.name}
          </Link>
          <span className={css.line}>{spoken(material.body.text ?? "", t("variables.name"))}</span>
        </div>
      ),
    },
    {
      id: "carrier",
      title: t("contents.carrier"),
      width: 150,
      minor: true,
      cell: (m) => t(`carriers.${m.carrier}`),
    },
    {
      id: "category",
      title: t("contents.category"),
      width: 90,
      minor: true,
      cell: (m) => (m.category ? t(`contents.categories.${m.category}`) : "—"),
    },
    { id: "status", title: t("contents.status"), width: 110, cell: (m) => <MaterialState material={m} /> },
    {
      id: "key",
      title: t("contents.key"),
      width: 210,
      minor: true,
      cell: (material) => <code className={css.key}>{material.key}</code>,
    },
    {
      id: "updated",
      title: t("contents.updated"),
      width: 130,
      minor: true,
      cell: (material) => <DateText iso={material.updated_at} />,
    },
  ];
}
