import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";

import { useSegments, type Segment } from "@/api/segments";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { Count } from "@/parts/Count";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { useSettled } from "@/parts/useSettled";

import { Filling } from "./Filling";
import { ideas, type Idea } from "./ideas";
import css from "./Segments.module.css";
import { Sparkline } from "./Sparkline";

const TYPING_MS = 300;

/** All segments with their numbers and how they went. */
export default function SegmentsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const q = useSettled(typed.trim(), TYPING_MS);
  const list = useSegments(q);
  const mayEdit = useMay("editor");
  const nothingYet = !q && list.rows?.length === 0;
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={t("segments.title")}
        lead={t("segments.lead")}
        actions={
          !nothingYet && (
            <>
              <LinkButton to="/segments/overlap">{t("segments.seeOverlap")}</LinkButton>
              {mayEdit && (
                <LinkButton type="primary" to="/segments/new" icon={<Icon name="plus" size={16} />}>
                  {t("segments.new")}
                </LinkButton>
              )}
            </>
          )
        }
      />
      {!nothingYet && (
        <div className={css.tools}>
          <Input
            allowClear
            prefix={<Icon name="search" size={16} />}
            placeholder={t("segments.search")}
            aria-label={t("segments.search")}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </div>
      )}
      <CursorTable
        label={t("segments.title")}
        list={list}
        columns={useColumns()}
        rowKey={(segment) => segment.key}
        onOpen={(segment) => void navigate(`/segments/${segment.key}`)}
        empty={q ? <NothingFound q={q} /> : <NothingYet mayEdit={mayEdit} />}
      />
    </Page>
  );
}

function useColumns(): Column<Segment>[] {
  const { t } = useTranslation();
  return [
    {
      id: "name",
      title: t("segments.name"),
      cell: (one) => (
        <div className={css.named}>
          <Link className={css.name} to={`/segments/${one.key}`}>
            {one.name}
          </Link>
          <span className={css.said} title={one.words}>
            {one.words}
          </span>
        </div>
      ),
    },
    {
      id: "kind",
      title: t("segments.kindTitle"),
      width: 110,
      minor: true,
      cell: (one) => <span className={css.kind}>{t(`segmentKinds.${one.kind}`)}</span>,
    },
    {
      id: "count",
      title: t("segments.count"),
      width: 120,
      align: "end",
      cell: (one) =>
        one.state === "filling" ? <Filling progress={one.progress} /> : <Count of={one.count} />,
    },
    {
      id: "growth",
      title: t("segments.growth"),
      width: 100,
      align: "end",
      minor: true,
      cell: (one) => <Growth of={one.growth} />,
    },
    {
      id: "trend",
      title: t("segments.trend"),
      width: 120,
      minor: true,
      cell: (one) => <Sparkline days={one.trend} />,
    },
    {
      id: "updated",
      title: t("segments.updated"),
      width: 120,
      minor: true,
      cell: (one) => <DateText iso={one.updated_at} />,
    },
  ];
}

/** How many more or fewer than before. */
export function Growth({ of }: { of: number }) {
  if (of === 0) return <span className={css.quiet}>—</span>;
  return (
    <span className={`numbers ${of > 0 ? css.more : css.fewer}`}>
      {of > 0 ? "+" : "−"}
      {Math.abs(of).toLocaleString("en-US")}
    </span>
  );
}

function NothingYet({ mayEdit }: { mayEdit: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <EmptyState
        picture="people"
        title={t("segments.none")}
        action={
          mayEdit && (
            <LinkButton type="primary" to="/segments/new">
              {t("segments.new")}
            </LinkButton>
          )
        }
      >
        {t("segments.noneWords")}
      </EmptyState>
      {mayEdit && (
        <ul className={css.ideas}>
          {(Object.keys(ideas) as Idea[]).map((idea) => (
            <li key={idea}>
              <Link className={css.idea} to={`/segments/new?idea=${idea}`}>
                <b>{t(`segmentIdeas.${idea}`)}</b>
                <span>{t(`segmentIdeas.${idea}Words`)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function NothingFound({ q }: { q: string }) {
  const { t } = useTranslation();
  return (
    <EmptyState picture="people" title={t("segments.notFound", { q })}>
      {t("segments.notFoundWords")}
    </EmptyState>
  );
}
