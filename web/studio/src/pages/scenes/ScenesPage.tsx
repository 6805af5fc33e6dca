import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useScenes } from "@/api/matching";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { DayBands } from "./DayBands";
import css from "./Scenes.module.css";

/** All tables of people, products and moments. */
export default function ScenesPage() {
  const { t } = useTranslation();
  const { data, error, refetch } = useScenes();
  const mayEdit = useMay("editor");
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={t("scenes.title")}
        lead={t("scenes.lead")}
        actions={
          mayEdit &&
          data &&
          data.length > 0 && (
            <LinkButton type="primary" to="/scenes/new" icon={<Icon name="plus" size={16} />}>
              {t("scenes.new")}
            </LinkButton>
          )
        }
      />
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton active paragraph={{ rows: 6 }} />}
      {data?.length === 0 && (
        <EmptyState
          picture="cards"
          title={t("scenes.none")}
          action={
            mayEdit && (
              <LinkButton type="primary" to="/scenes/new?example=1">
                {t("scenes.fromExample")}
              </LinkButton>
            )
          }
        >
          {t("scenes.noneWords")}
        </EmptyState>
      )}
      <ul className={css.list}>
        {data?.map((one) => (
          <li key={one.key}>
            <Link className={css.card} to={`/scenes/${one.key}`}>
              <b>{one.name}</b>
              <DayBands moments={one.moments} />
              <span className={css.quiet}>
                {t("scenes.rows", { count: one.rows.length })} · {t("scenes.updated")}{" "}
                <DateText iso={one.updated_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}
