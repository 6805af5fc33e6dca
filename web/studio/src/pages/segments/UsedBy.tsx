import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useSegmentUses, type SegmentUse } from "@/api/segments";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Segments.module.css";

const PLACES: Record<SegmentUse["kind"], (key: string) => string> = {
  journey: (key) => `/journeys/${key}`,
  segment: (key) => `/segments/${key}`,
  tag: () => "/tags",
  tier: () => "/tiers",
  scene: () => "/scenes",
};

/** What names this segment, and so would miss it. */
export function UsedBy({ segment }: { segment: string }) {
  const { t } = useTranslation();
  const { data, error } = useSegmentUses(segment);
  if (error) return <ProblemAlert problem={error} />;
  if (!data) return <Skeleton active title={false} paragraph={{ rows: 2 }} />;
  if (data.length === 0) return <p className={css.quiet}>{t("segments.notUsed")}</p>;
  return (
    <ul className={css.uses}>
      {data.map((use) => (
        <li key={`${use.kind}:${use.key}`}>
          <span className={css.kind}>{t(`segmentUses.${use.kind}`)}</span>
          <Link to={PLACES[use.kind](use.key)}>{use.name}</Link>
          {use.kind === "journey" && (
            <span className={css.quiet}>{use.live ? t("segments.live") : t("segments.draftUse")}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
