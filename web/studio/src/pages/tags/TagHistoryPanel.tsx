import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useTagHistory, type TagChange } from "@/api/tags";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { SideSheet } from "@/parts/SideSheet";
import { StatusPill } from "@/parts/StatusPill";

import css from "./Tags.module.css";
import { useSaid } from "./useSaid";

/** Whom a tag was put on and taken off, when and by whom. */
export function TagHistoryPanel({ tag, onClose }: { tag: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <SideSheet
      title={t("tags.historyOf", { tag })}
      open={tag !== null}
      onClose={onClose}
      size={620}
      destroyOnHidden
    >
      {tag && <History tag={tag} />}
    </SideSheet>
  );
}

function History({ tag }: { tag: string }) {
  const { t } = useTranslation();
  const said = useSaid();
  const list = useTagHistory(tag);
  const columns: Column<TagChange>[] = [
    {
      id: "contact",
      title: t("tags.contact"),
      cell: (one) => (
        <Link to={`/contacts/${one.contact_id}`}>{one.contact_name || `#${one.contact_id}`}</Link>
      ),
    },
    {
      id: "what",
      title: t("tags.what"),
      width: 90,
      cell: (one) => (
        <StatusPill tone={one.put_on ? "good" : "quiet"}>
          {one.put_on ? t("tags.putOn") : t("tags.tookOff")}
        </StatusPill>
      ),
    },
    { id: "when", title: t("tags.when"), width: 130, cell: (one) => <DateText iso={one.at} /> },
    { id: "who", title: t("tags.who"), cell: (one) => said(one.source.words) },
  ];
  return (
    <CursorTable
      label={t("tags.historyOf", { tag })}
      list={list}
      columns={columns}
      rowKey={(one) => one.id}
      empty={<p className={css.quiet}>{t("tags.noHistory")}</p>}
    />
  );
}
