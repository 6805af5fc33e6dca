import { Checkbox } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Group, Phase } from "@/api/groups";
import { TagList } from "@/pages/contacts/TagList";
import { Count } from "@/parts/Count";
import type { Column } from "@/parts/CursorTable";
import { useWords } from "@/parts/language";
import { StatusPill } from "@/parts/StatusPill";

import css from "./Groups.module.css";
import { valueText } from "./measures";

const TAGS_IN_A_ROW = 2;

interface Choosing {
  chosen: readonly Group[];
  choose: (group: Group, on: boolean) => void;
}

export function useGroupColumns(choosing: Choosing | null): Column<Group>[] {
  const { t } = useTranslation();
  const words = useWords();
  const columns: Column<Group>[] = [
    {
      id: "name",
      title: t("groups.name"),
      cell: (group) => (
        <span className={css.named}>
          <Link className={css.name} to={`/groups/${group.id}`}>
            {group.name || group.key}
          </Link>
          <span className={css.quiet}>{group.owner || "—"}</span>
        </span>
      ),
    },
    {
      id: "members",
      title: t("groups.members"),
      width: 80,
      align: "end",
      cell: (group) => <Count of={group.member_count} />,
    },
    {
      id: "phase",
      title: t("groups.phase"),
      width: 120,
      cell: (group) => (
        <span className={css.named}>
          <span>{words(group.phase.title)}</span>
          <span className={css.quiet}>
            {group.dismissed_at ? t("groups.dismissed") : t("groups.days", { count: group.days + 1 })}
          </span>
        </span>
      ),
    },
    {
      id: "measures",
      title: t("groups.measures"),
      minor: true,
      cell: (group) => <InShort phase={group.phase as Phase} />,
    },
    {
      id: "tags",
      title: t("groups.tags"),
      width: 150,
      minor: true,
      cell: (group) => <TagList tags={group.tags} most={TAGS_IN_A_ROW} />,
    },
    {
      id: "journeys",
      title: t("groups.journeys"),
      width: 90,
      cell: (group) =>
        group.journeys > 0 ? (
          <StatusPill tone="good">{t("groups.journeysIn", { count: group.journeys })}</StatusPill>
        ) : (
          <span className={css.quiet}>—</span>
        ),
    },
  ];
  if (!choosing) return columns;
  const { chosen, choose } = choosing;
  const box: Column<Group> = {
    id: "choose",
    title: "",
    width: 44,
    cell: (group) => (
      <Checkbox
        aria-label={t("groups.choose", { name: group.name || group.key })}
        checked={chosen.some((one) => one.id === group.id)}
        disabled={group.dismissed_at !== null}
        onClick={(event) => event.stopPropagation()}
        onChange={(event) => choose(group, event.target.checked)}
      />
    ),
  };
  return [box, ...columns];
}

/** The measures of the group's phase in one line; a low one says so in a word, and what helps on pointing at it. */
function InShort({ phase }: { phase: Phase }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <span className={css.measures}>
      {phase.measures.map((measure) => (
        <span
          key={measure.key}
          className={`${css.measure} ${measure.low ? css.low : ""}`}
          title={measure.low ? words(measure.remedy) : undefined}
        >
          {words(measure.title)} <b>{valueText(measure)}</b>
          {measure.low && ` ${t(measure.falls ? "groups.high" : "groups.low")}`}
        </span>
      ))}
    </span>
  );
}
