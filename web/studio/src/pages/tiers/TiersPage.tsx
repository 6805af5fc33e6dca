import { Button, Popconfirm, Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { useDeleteDimension, useDimensions, type Dimension } from "@/api/tiers";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { FlowTable } from "./FlowTable";
import { Ladder } from "./Ladder";
import { Overrides } from "./Overrides";
import css from "./Tiers.module.css";

/** All dimensions: a ladder of levels each, who moved lately, and whom somebody watches. */
export default function TiersPage() {
  const { t } = useTranslation();
  const { data, error, refetch } = useDimensions();
  const mayEdit = useMay("editor");
  const own = data?.filter((one) => one.kind === "rules");
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={t("tiers.title")}
        lead={t("tiers.lead")}
        actions={
          <>
            <LinkButton to="/tiers/rfm">{t("tiers.rfm")}</LinkButton>
            {mayEdit && own && own.length > 0 && (
              <LinkButton type="primary" to="/tiers/new" icon={<Icon name="plus" size={16} />}>
                {t("tiers.new")}
              </LinkButton>
            )}
          </>
        }
      />
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
      {!own && !error && <Skeleton active paragraph={{ rows: 6 }} />}
      {own?.length === 0 && (
        <EmptyState
          picture="people"
          title={t("tiers.none")}
          action={
            mayEdit && (
              <LinkButton type="primary" to="/tiers/new?example=touch">
                {t("tiers.fromExample")}
              </LinkButton>
            )
          }
        >
          {t("tiers.noneWords")}
        </EmptyState>
      )}
      {own?.map((one) => (
        <DimensionCard key={one.key} dimension={one} mayEdit={mayEdit} />
      ))}
      {own && own.length > 0 && <Overrides dimensions={own} mayEdit={mayEdit} />}
    </Page>
  );
}

function DimensionCard({ dimension, mayEdit }: { dimension: Dimension; mayEdit: boolean }) {
  const { t } = useTranslation();
  const remove = useDeleteDimension();
  const count = dimension.levels.reduce((sum, level) => sum + level.people, 0);
  const days = dimension.demote_after_days;
  return (
    <section className={css.card} aria-label={dimension.name}>
      <header className={css.head}>
        <div>
          <h2>{dimension.name}</h2>
          <p className={css.quiet}>
            {dimension.description}
            {dimension.description && " · "}
            {days ? t("tiers.demote", { days }) : t("tiers.demoteNow")}
          </p>
        </div>
        {dimension.state === "sorting" && (
          <span className={css.sorting} role="status">
            {t("tiers.sorting", { percent: Math.floor(dimension.progress * 100) })}
          </span>
        )}
        {mayEdit && (
          <div className={css.acts}>
            <LinkButton to={`/tiers/${dimension.key}/edit`} icon={<Icon name="pencil" size={16} />}>
              {t("tiers.edit")}
            </LinkButton>
            <Popconfirm
              title={t("tiers.deleteSure", { name: dimension.name })}
              description={t("tiers.deleteWords", { count: count.toLocaleString("en-US") as never })}
              okText={t("tiers.delete")}
              cancelText={t("parts.cancel")}
              okButtonProps={{ danger: true }}
              onConfirm={() => remove.mutate(dimension.key)}
            >
              <Button type="text" loading={remove.isPending}>
                {t("tiers.delete")}
              </Button>
            </Popconfirm>
          </div>
        )}
      </header>
      <ProblemAlert problem={remove.error} />
      <div className={css.two}>
        <Ladder dimension={dimension} />
        <FlowTable dimension={dimension} />
      </div>
    </section>
  );
}
