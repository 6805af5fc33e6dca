import { Button, Popconfirm, Segmented, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";

import { useDeleteLifecycle, useLifecycles, useLifeModels, type Lifecycle } from "@/api/matching";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { LifeBoard } from "./LifeBoard";
import css from "./Lifecycle.module.css";

/** Where every customer is now: one board for each lifecycle. */
export default function LifecyclePage() {
  const { t } = useTranslation();
  const { data, error, refetch } = useLifecycles();
  const mayEdit = useMay("editor");
  const [asked, ask] = useSearchParams();
  const shown = data?.find((one) => one.key === asked.get("of")) ?? data?.[0];
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={t("lifecycle.title")}
        lead={t("lifecycle.lead")}
        actions={
          shown &&
          mayEdit && (
            <>
              <DeleteLife life={shown} />
              <LinkButton to={`/lifecycle/${shown.key}/edit`} icon={<Icon name="pencil" size={16} />}>
                {t("lifecycle.edit")}
              </LinkButton>
              <LinkButton type="primary" to="/lifecycle/new" icon={<Icon name="plus" size={16} />}>
                {t("lifecycle.new")}
              </LinkButton>
            </>
          )
        }
      />
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton active paragraph={{ rows: 8 }} />}
      {data?.length === 0 && (
        <>
          <EmptyState picture="road" title={t("lifecycle.none")}>
            {t("lifecycle.noneWords")}
          </EmptyState>
          {mayEdit && <Models />}
        </>
      )}
      {data && data.length > 1 && (
        <div className={css.bar}>
          <Segmented
            aria-label={t("lifecycle.which")}
            value={shown?.key}
            options={data.map((one) => ({ value: one.key, label: one.name }))}
            onChange={(key) => ask({ of: key }, { replace: true })}
          />
        </div>
      )}
      {shown && <LifeBoard key={shown.key} life={shown} />}
    </Page>
  );
}

function DeleteLife({ life }: { life: Lifecycle }) {
  const { t } = useTranslation();
  const remove = useDeleteLifecycle();
  return (
    <Popconfirm
      title={t("lifecycle.deleteSure", { name: life.name })}
      description={t("lifecycle.deleteWords")}
      okText={t("lifecycle.delete")}
      cancelText={t("parts.cancel")}
      okButtonProps={{ danger: true }}
      onConfirm={() => remove.mutate(life.key)}
    >
      <Button type="text" loading={remove.isPending}>
        {t("lifecycle.delete")}
      </Button>
    </Popconfirm>
  );
}

/** Ready models of industries, and the way without one. */
export function Models() {
  const { t } = useTranslation();
  const { data } = useLifeModels();
  return (
    <ul className={css.models}>
      {data?.map((model) => (
        <li key={model.key}>
          <Link className={css.model} to={`/lifecycle/new?model=${model.key}`}>
            <b>{model.name}</b>
            <p>{model.words}</p>
            <div className={css.way}>
              {model.stages.map((stage) => (
                <span key={stage.key}>{stage.name}</span>
              ))}
            </div>
          </Link>
        </li>
      ))}
      {data && (
        <li>
          <Link className={css.model} to="/lifecycle/new?model=none">
            <b>{t("lifecycle.own")}</b>
          </Link>
        </li>
      )}
    </ul>
  );
}
