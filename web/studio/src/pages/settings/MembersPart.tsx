import { useTranslation } from "react-i18next";

import { useMembers } from "@/api/settings";
import type { Member } from "@/api/types";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";

import css from "./Settings.module.css";
import { wholeList } from "./wholeList";

/** Who works in this workspace, and what each may do. */
export function MembersPart() {
  const { t } = useTranslation();
  const members = useMembers();
  const columns: Column<Member>[] = [
    { id: "name", title: t("settings.memberName"), minor: true, cell: (member) => member.name || "—" },
    { id: "email", title: t("settings.email"), cell: (member) => member.email },
    {
      id: "role",
      title: t("settings.role"),
      width: 260,
      cell: (member) => (
        <>
          {t(`roles.${member.role}`)} <span className={css.aside}>{t(`roleWords.${member.role}`)}</span>
        </>
      ),
    },
    {
      id: "since",
      title: t("settings.since"),
      width: 140,
      minor: true,
      cell: (member) => <DateText iso={member.created_at} />,
    },
  ];
  return (
    <>
      <div className={css.partHead}>
        <p>{t("settings.membersLead")}</p>
      </div>
      <CursorTable
        label={t("settings.part.members")}
        list={wholeList(members)}
        columns={columns}
        rowKey={(member) => member.id}
        empty={null}
      />
    </>
  );
}
