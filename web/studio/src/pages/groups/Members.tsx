import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useGroupMembers, type GroupMember } from "@/api/groups";
import { CursorTable, type Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { StatusPill } from "@/parts/StatusPill";

import css from "./Groups.module.css";

const ROLES = ["member", "manager", "owner"] as const;

/** Who is in a group, and who was. */
export function Members({ id }: { id: number }) {
  const { t } = useTranslation();
  return (
    <CursorTable
      label={t("groups.members")}
      list={useGroupMembers(id)}
      columns={useColumns()}
      rowKey={(member) => member.id}
      empty={
        <EmptyState picture="people" title={t("groups.noMembers")}>
          {t("groups.noMembersWords")}
        </EmptyState>
      }
    />
  );
}

function useColumns(): Column<GroupMember>[] {
  const { t } = useTranslation();
  const role = (word: string) => {
    const known = ROLES.find((one) => one === word);
    return known ? t(`groups.roleNames.${known}`) : word;
  };
  return [
    {
      id: "name",
      title: t("groups.members"),
      cell: (member) => (
        <Link className={css.name} to={`/contacts/${member.contact_id}`}>
          {member.name || `#${member.contact_id}`}
        </Link>
      ),
    },
    { id: "role", title: t("groups.role"), width: 120, cell: (member) => role(member.role) },
    {
      id: "invited",
      title: t("groups.invitedBy"),
      minor: true,
      cell: (member) => <span className={css.quiet}>{member.invited_by || "—"}</span>,
    },
    {
      id: "joined",
      title: t("groups.joinedAt"),
      width: 150,
      cell: (member) => <DateText iso={member.joined_at} />,
    },
    {
      id: "left",
      title: t("groups.leftAt"),
      width: 150,
      cell: (member) =>
        member.left_at ? (
          <DateText iso={member.left_at} />
        ) : (
          <StatusPill tone="good">{t("groups.still")}</StatusPill>
        ),
    },
  ];
}
