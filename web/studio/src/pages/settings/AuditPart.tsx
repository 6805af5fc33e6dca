import { useTranslation } from "react-i18next";

import { useAudit } from "@/api/settings";
import type { AuditEntry } from "@/api/types";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { useActor } from "@/parts/useActor";

import css from "./Settings.module.css";

/** Who changed what and when; nothing here can be changed again. */
export function AuditPart() {
  const { t } = useTranslation();
  const who = useActor();
  const columns: Column<AuditEntry>[] = [
    {
      id: "at",
      title: t("settings.at"),
      width: 170,
      cell: (entry) => <DateText iso={entry.at} as="minute" />,
    },
    { id: "actor", title: t("settings.actor"), width: 200, cell: (entry) => who(entry.actor) },
    {
      id: "action",
      title: t("settings.action"),
      width: 200,
      cell: (entry) => t(`auditActions.${entry.action.replaceAll(".", "_")}`, { defaultValue: entry.action }),
    },
    { id: "target", title: t("settings.target"), minor: true, cell: (entry) => entry.target || "—" },
    {
      id: "detail",
      title: t("settings.detail"),
      minor: true,
      cell: (entry) => <span className={css.quiet}>{detail(entry)}</span>,
    },
  ];
  return (
    <>
      <div className={css.partHead}>
        <p>{t("settings.auditLead")}</p>
      </div>
      <CursorTable
        label={t("settings.part.audit")}
        list={useAudit()}
        columns={columns}
        rowKey={(entry) => entry.id}
        empty={<EmptyState picture="cards" title={t("settings.noAudit")} />}
      />
    </>
  );
}

function detail(entry: AuditEntry): string {
  return Object.entries(entry.detail)
    .map(([name, value]) => `${name}: ${plain(value)}`)
    .join(" · ");
}

const LONGEST = 40;

function plain(value: unknown): string {
  const list = Array.isArray(value) ? value.map(String).join(", ") : value;
  const text = typeof list === "object" ? JSON.stringify(list) : String(list);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
