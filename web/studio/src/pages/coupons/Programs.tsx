import { Button, Form, Input, InputNumber, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import {
  useBoard,
  usePools,
  usePrograms,
  useSaveReward,
  useSchemes,
  type LadderStep,
  type Program,
} from "@/api/rewards";
import { useMay } from "@/api/session";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Rewards.module.css";

/** Campaigns in which customers bring others: the ladder, the leaders, and what looks like fraud. */
export function Programs() {
  const { t } = useTranslation();
  const { data, error, refetch } = usePrograms();
  const mayEdit = useMay("editor");
  const [opened, setOpened] = useState(false);
  const make = mayEdit && (
    <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setOpened(true)}>
      {t("rewards.newProgram")}
    </Button>
  );
  if (error) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton active paragraph={{ rows: 6 }} />;
  return (
    <>
      {data.length === 0 ? (
        <EmptyState picture="people" title={t("rewards.noPrograms")} action={make}>
          {t("rewards.programsTeach")}
        </EmptyState>
      ) : (
        <>
          <div className={css.tools}>{make}</div>
          <div className={css.cards}>
            {data.map((one) => (
              <ProgramCard key={one.key} program={one} />
            ))}
          </div>
        </>
      )}
      <SideSheet
        title={t("rewards.newProgram")}
        open={opened}
        onClose={() => setOpened(false)}
        size={600}
        destroyOnHidden
      >
        <Fields onDone={() => setOpened(false)} />
      </SideSheet>
    </>
  );
}

function ProgramCard({ program }: { program: Program }) {
  const { t } = useTranslation();
  const board = useBoard(program.key).data;
  return (
    <section className={css.card} aria-label={program.name}>
      <div>
        <h2>{program.name}</h2>
        <p className={css.quiet}>
          {t("rewards.heardBy", { event: program.event, property: program.property })}
        </p>
      </div>
      <dl className={css.numbers}>
        {(["counted", "inviters", "refused"] as const).map((name) => (
          <div key={name}>
            <dt>{t(`rewards.referral.${name}`)}</dt>
            <dd>{program[name].toLocaleString()}</dd>
          </div>
        ))}
      </dl>
      <ul className={css.list}>
        {program.ladder.map((step) => (
          <li key={step.at} className={css.line}>
            <span>
              {t("rewards.step", { at: step.at })}：
              {[
                step.pool && `${t("rewards.pool")} ${step.pool}`,
                step.points && `+${step.points} ${step.scheme ?? ""}`,
              ]
                .filter(Boolean)
                .join("、") || t("rewards.eventOnly")}
            </span>
            <span className={css.quiet}>{t("rewards.reached", { count: step.reached ?? 0 })}</span>
          </li>
        ))}
      </ul>
      {board && board.leaders.length > 0 && (
        <ol className={css.list} aria-label={t("rewards.leaders")}>
          {board.leaders.slice(0, 10).map((one, place) => (
            <li key={one.contact_id} className={css.line}>
              <span>
                {place + 1}. <Link to={`/contacts/${one.contact_id}`}>{one.name || one.contact_id}</Link>
              </span>
              <span>{t("rewards.broughtCount", { count: one.count })}</span>
            </li>
          ))}
        </ol>
      )}
      {board?.hints.map((hint) => (
        <p key={`${hint.contact_id}${hint.property}${hint.value}`} className={css.hint}>
          {t("rewards.hint", { ...hint })}
        </p>
      ))}
    </section>
  );
}

interface Draft {
  name: string;
  event: string;
  property: string;
  link: string;
  hints: string[];
  ladder: LadderStep[];
}

const EXAMPLE: Draft = {
  name: "",
  event: "referred",
  property: "code",
  link: "",
  hints: ["device", "ip"],
  ladder: [
    { at: 3, pool: null, scheme: null, points: null },
    { at: 5, pool: null, scheme: null, points: null },
  ],
};

function Fields({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const pools = usePools().data ?? [];
  const schemes = useSchemes().data ?? [];
  const [draft, setDraft] = useState(EXAMPLE);
  const save = useSaveReward<Draft, Program>("referrals");
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const step = (place: number, part: Partial<LadderStep>) =>
    set({ ladder: draft.ladder.map((one, at) => (at === place ? { ...one, ...part } : one)) });
  const texts = ["name", "event", "property", "link"] as const;
  return (
    <Form layout="vertical" component="div">
      <ProblemAlert problem={save.error} />
      {texts.map((name) => (
        <Form.Item key={name} label={t(`rewards.program.${name}`)} htmlFor={`program-${name}`}>
          <Input
            id={`program-${name}`}
            value={draft[name]}
            placeholder={name === "link" ? "https://…?code={code}" : undefined}
            onChange={(event) => set({ [name]: event.target.value })}
          />
        </Form.Item>
      ))}
      <h3>{t("rewards.ladder")}</h3>
      <div className={css.rows}>
        {draft.ladder.map((one, place) => (
          <div key={place} className={css.row}>
            <InputNumber
              min={1}
              precision={0}
              style={{ width: 130 }}
              prefix={t("rewards.invite")}
              aria-label={t("rewards.stepPeople")}
              value={one.at}
              onChange={(at) => step(place, { at: at ?? 1 })}
            />
            <Select
              allowClear
              style={{ width: 160 }}
              placeholder={t("rewards.pool")}
              aria-label={t("rewards.pool")}
              value={one.pool}
              options={pools.map((pool) => ({ value: pool.key, label: pool.name }))}
              onChange={(pool: string | undefined) => step(place, { pool: pool ?? null })}
            />
            <InputNumber
              min={1}
              precision={0}
              style={{ width: 130 }}
              prefix="+"
              disabled={schemes.length === 0}
              aria-label={t("rewards.earnPoints")}
              value={one.points}
              onChange={(points) =>
                step(place, { points, scheme: points ? (schemes[0]?.key ?? null) : null })
              }
            />
          </div>
        ))}
        <div>
          <Button
            size="small"
            onClick={() =>
              set({
                ladder: [
                  ...draft.ladder,
                  { at: (draft.ladder.at(-1)?.at ?? 0) + 5, pool: null, scheme: null, points: null },
                ],
              })
            }
          >
            {t("rewards.addStep")}
          </Button>
        </div>
      </div>
      <Button
        type="primary"
        disabled={!draft.name.trim()}
        loading={save.isPending}
        onClick={() => save.mutate(draft, { onSuccess: onDone })}
      >
        {t("rewards.create")}
      </Button>
    </Form>
  );
}
