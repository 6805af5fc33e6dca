import { Button, Tag, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAttributes, type Attribute } from "@/api/profile";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { useListed, useWords } from "@/parts/language";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { StatusPill } from "@/parts/StatusPill";

import { AttributePanel } from "./AttributePanel";
import css from "./Attributes.module.css";

/** What attributes of customers mean, which values they have, who sees them, and what did not fit. */
export default function AttributesPage() {
  const { t } = useTranslation();
  const list = useAttributes();
  const mayEdit = useMay("editor");
  const [edited, setEdited] = useState<Attribute | "new" | null>(null);
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={t("attributes.title")}
        lead={t("attributes.lead")}
        actions={
          mayEdit && (
            <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setEdited("new")}>
              {t("attributes.add")}
            </Button>
          )
        }
      />
      <CursorTable
        label={t("attributes.title")}
        list={{
          rows: list.data,
          error: list.error,
          hasNextPage: false,
          isFetchingNextPage: false,
          fetchNextPage: () => undefined,
          refetch: () => list.refetch(),
        }}
        columns={useColumns(mayEdit ? setEdited : undefined)}
        rowKey={(one) => one.name}
        onOpen={mayEdit ? setEdited : undefined}
        empty={<EmptyState title={t("attributes.title")}>{t("attributes.lead")}</EmptyState>}
      />
      {edited && (
        <AttributePanel
          key={edited === "new" ? "" : edited.name}
          attribute={edited === "new" ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
    </Page>
  );
}

function useColumns(open?: (one: Attribute) => void): Column<Attribute>[] {
  const { t } = useTranslation();
  const listed = useListed();
  const words = useWords();
  return [
    {
      id: "name",
      title: t("attributes.name"),
      cell: (one) => (
        <div className={css.name}>
          {open ? (
            <button type="button" className={css.open} onClick={() => open(one)}>
              {words(one.title) || one.name}
            </button>
          ) : (
            <b>{words(one.title) || one.name}</b>
          )}
          <code>{one.name}</code>
        </div>
      ),
    },
    {
      id: "type",
      title: t("attributes.type"),
      width: 110,
      cell: (one) => t(`attributes.types.${one.type}`, { defaultValue: one.type }),
    },
    {
      id: "allowed",
      title: t("attributes.allowed"),
      minor: true,
      cell: (one) => (
        <span className={css.quiet}>
          {one.allowed ? listed(one.allowed.map(String)) : t("attributes.anyValue")}
        </span>
      ),
    },
    {
      id: "seen",
      title: t("attributes.seenBy"),
      width: 130,
      minor: true,
      cell: (one) => t(`attributes.seen.${one.seen_by}`),
    },
    { id: "state", title: t("attributes.state"), width: 200, cell: (one) => <State attribute={one} /> },
  ];
}

function State({ attribute }: { attribute: Attribute }) {
  const { t } = useTranslation();
  const wrong = attribute.warnings.reduce((sum, one) => sum + one.times, 0);
  return (
    <span className={css.state}>
      {attribute.built_in && <Tag>{t("attributes.builtIn")}</Tag>}
      {!attribute.declared && !attribute.built_in && <Tag>{t("attributes.met")}</Tag>}
      {attribute.strict && <StatusPill tone="brand">{t("attributes.strict")}</StatusPill>}
      {wrong > 0 && (
        <Tooltip
          title={attribute.warnings
            .map((one) => t(`attributes.wrong.${one.wrong}`, { count: one.times }))
            .join(" · ")}
        >
          <span tabIndex={0}>
            <StatusPill tone="warn">{t("attributes.warnings", { count: wrong })}</StatusPill>
          </span>
        </Tooltip>
      )}
    </span>
  );
}
