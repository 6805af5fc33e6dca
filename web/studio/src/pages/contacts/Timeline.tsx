import { Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useTimeline, type Subject } from "@/api/people";
import type { TimelineEntry } from "@/api/types";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { Icon, type IconName } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Timeline.module.css";
import { useEntryWords } from "./timelineWords";

const icons: Record<TimelineEntry["type"], IconName> = {
  event: "bolt",
  message: "bubble",
  trail: "road",
  attribute: "pencil",
  tag: "tag",
  tier: "flag",
  segment: "people",
  consent: "key",
  merge: "link",
};
const NONE = { contacts: "contacts.noTimeline", groups: "groups.noTimeline" } as const;
const NONE_WORDS = { contacts: "contacts.noTimelineWords", groups: "groups.noTimelineWords" } as const;
const kinds = Object.keys(icons) as TimelineEntry["type"][];

/** What happened in a customer group, newest first. */
export function GroupTimeline({ id }: { id: number }) {
  return <Line id={id} of="groups" />;
}

/** What happened to a contact, newest first: everything in one line of time, or one kind alone. */
export function Timeline({ id }: { id: number }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<TimelineEntry["type"]>();
  return (
    <>
      <div className={css.filter} role="group" aria-label={t("contacts.filter")}>
        {[undefined, ...kinds].map((one) => (
          <button
            key={one ?? "all"}
            type="button"
            className={css.kind}
            aria-pressed={kind === one}
            onClick={() => setKind(one)}
          >
            {t(`timelineKinds.${one ?? "all"}`)}
          </button>
        ))}
      </div>
      <Line id={id} of="contacts" kind={kind} />
    </>
  );
}

function Line({ id, of, kind }: { id: number; of: Subject; kind?: TimelineEntry["type"] }) {
  const { t } = useTranslation();
  const list = useTimeline(id, of, kind);
  if (list.error) return <ProblemAlert problem={list.error} onRetry={() => void list.refetch()} />;
  if (!list.rows) return <Skeleton active />;
  if (list.rows.length === 0 && kind) return <p className={css.quiet}>{t("contacts.noneOfKind")}</p>;
  if (list.rows.length === 0) {
    return <EmptyState title={t(NONE[of])}>{t(NONE_WORDS[of])}</EmptyState>;
  }
  return (
    <>
      <ol className={css.line}>
        {list.rows.map((entry, index) => (
          <Entry key={index} entry={entry} />
        ))}
      </ol>
      {list.hasNextPage && (
        <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
          {t("parts.more")}
        </Button>
      )}
    </>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { what, detail } = useEntryWords()(entry);
  return (
    <li className={css.entry} data-type={entry.type}>
      <span className={css.icon}>
        <Icon name={icons[entry.type] ?? "info"} size={16} />
      </span>
      <div className={css.words}>
        <div className={css.what}>{what}</div>
        {detail && <div className={css.detail}>{detail}</div>}
      </div>
      <DateText iso={entry.at} />
    </li>
  );
}
