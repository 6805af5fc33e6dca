import { Button, Input, Progress, Radio, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useEnrollGroups, useEnrolling, useGroupsOverview, type Group, type Whom } from "@/api/groups";
import { useAllJourneys } from "@/api/journeys";
import { SideSheet } from "@/parts/SideSheet";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Groups.module.css";

type Way = "chosen" | "phase" | "tag" | "all";

interface EnrollPanelProps {
  chosen: readonly Group[];
  phase?: string;
  onClose: () => void;
}

/** Gives one journey to many groups: those ticked, those with a tag, or all; and shows how far it has come. */
export function EnrollPanel({ chosen, phase, onClose }: EnrollPanelProps) {
  const { t } = useTranslation();
  const words = useWords();
  const [way, setWay] = useState<Way>(chosen.length > 0 ? "chosen" : "all");
  const [tag, setTag] = useState("");
  const [journey, setJourney] = useState<number>();
  const enroll = useEnrollGroups();
  const journeys = useAllJourneys().data?.filter((one) => one.subject === "group" && one.status === "live");
  const phases = useGroupsOverview().data?.phases ?? [];
  const at = phases.findIndex((one) => one.key === phase);
  const ways: { value: Way; label: string }[] = [
    ...(chosen.length > 0
      ? [{ value: "chosen" as const, label: t("groups.whomChosen", { count: chosen.length }) }]
      : []),
    ...(at >= 0
      ? [{ value: "phase" as const, label: t("groups.whomPhase", { phase: words(phases[at]?.title) }) }]
      : []),
    { value: "tag", label: t("groups.whomTag") },
    { value: "all", label: t("groups.whomAll") },
  ];
  const whom = whomOf(way, tag, chosen, [phases[at]?.from_day ?? 0, phases[at + 1]?.from_day]);
  return (
    <SideSheet open onClose={onClose} size={460} title={t("groups.enrollTitle")}>
      <div className={css.form}>
        <p className={css.help}>{t("groups.enrollWords")}</p>
        <div className={css.field}>
          <span>{t("groups.whom")}</span>
          <Radio.Group
            value={way}
            onChange={(event) => setWay(event.target.value as Way)}
            className={css.choices}
            options={ways}
          />
          {way === "tag" && (
            <Input
              value={tag}
              maxLength={64}
              aria-label={t("groups.tag")}
              placeholder={t("groups.tag")}
              onChange={(event) => setTag(event.target.value)}
            />
          )}
        </div>
        <div className={css.field}>
          <label htmlFor="into">{t("groups.journey")}</label>
          {journeys?.length === 0 ? (
            <p className={css.help}>{t("groups.noLive")}</p>
          ) : (
            <Select
              id="into"
              value={journey}
              loading={!journeys}
              placeholder={t("groups.journeyPick")}
              options={(journeys ?? []).map((one) => ({ value: one.id, label: one.name }))}
              onChange={setJourney}
            />
          )}
        </div>
        <ProblemAlert problem={enroll.error} />
        {enroll.data ? (
          <Coming
            journey={journey}
            batch={enroll.data.batch}
            total={enroll.data.accepted}
            onClose={onClose}
          />
        ) : (
          <Button
            type="primary"
            disabled={journey === undefined || whom === null}
            loading={enroll.isPending}
            onClick={() => journey !== undefined && whom && enroll.mutate({ journey, whom })}
          >
            {t("groups.go")}
          </Button>
        )}
      </div>
    </SideSheet>
  );
}

function whomOf(
  way: Way,
  tag: string,
  chosen: readonly Group[],
  [from, to]: [number, number | undefined],
): Whom | null {
  if (way === "all") return { where: {} };
  if (way === "chosen") return chosen.length > 0 ? { group_ids: chosen.map((group) => group.id) } : null;
  if (way === "tag") return tag.trim() ? where([["tags", "has", tag.trim()]]) : null;
  const rules: Condition[] = [["since.created_on", ">=", from]];
  return where(to === undefined ? rules : [...rules, ["since.created_on", "<", to]]);
}

type Condition = [field: string, operator: string, value: string | number];

const where = (rules: Condition[]): Whom => ({
  where: {
    combinator: "and",
    rules: rules.map(([field, operator, value]) => ({ field, operator, value })),
  },
});

interface ComingProps {
  journey?: number;
  batch: string;
  total: number;
  onClose: () => void;
}

/** How far the batch has come, until the engine has looked at every group. */
function Coming({ journey, batch, total, onClose }: ComingProps) {
  const { t } = useTranslation();
  const progress = useEnrolling(total > 0 ? journey : undefined, batch);
  const { taken, inside, done } = progress ?? { taken: 0, inside: 0, done: total === 0 };
  const refused = taken - inside;
  return (
    <div className={css.field} role="status">
      <Progress
        percent={total > 0 ? Math.round((100 * taken) / total) : 100}
        status={done ? "success" : "active"}
        aria-label={t("groups.enroll")}
      />
      <span>{done ? t("groups.done", { inside }) : t("groups.taken", { taken, total, inside })}</span>
      {done && refused > 0 && <span className={css.quiet}>{t("groups.refused", { count: refused })}</span>}
      {done && (
        <span>
          <Link to={`/journeys/${journey}`}>{t("groups.openJourney")}</Link>
        </span>
      )}
      <Button onClick={onClose}>{t("groups.close")}</Button>
    </div>
  );
}
