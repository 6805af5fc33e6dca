import { Button, Form, Input, InputNumber, Popconfirm, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import {
  useCloseDraw,
  useDraws,
  usePools,
  useSaveReward,
  type DrawDraft,
  type LuckyDraw,
} from "@/api/rewards";
import { useMay } from "@/api/session";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";
import { StatusPill } from "@/parts/StatusPill";

import css from "./Rewards.module.css";

/** Lucky draws: prizes with what is left of them, and the seal by which anybody can reckon the luck again. */
export function Draws() {
  const { t } = useTranslation();
  const { data, error, refetch } = useDraws();
  const mayEdit = useMay("editor");
  const [opened, setOpened] = useState(false);
  const make = mayEdit && (
    <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setOpened(true)}>
      {t("rewards.newDraw")}
    </Button>
  );
  if (error) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton active paragraph={{ rows: 6 }} />;
  return (
    <>
      {data.length === 0 ? (
        <EmptyState picture="cards" title={t("rewards.noDraws")} action={make}>
          {t("rewards.drawsTeach")}
        </EmptyState>
      ) : (
        <>
          <div className={css.tools}>{make}</div>
          <div className={css.cards}>
            {data.map((one) => (
              <DrawCard key={one.key} draw={one} mayEdit={mayEdit} />
            ))}
          </div>
        </>
      )}
      <SideSheet
        title={t("rewards.newDraw")}
        open={opened}
        onClose={() => setOpened(false)}
        size={640}
        destroyOnHidden
      >
        <Fields onDone={() => setOpened(false)} />
      </SideSheet>
    </>
  );
}

function DrawCard({ draw, mayEdit }: { draw: LuckyDraw; mayEdit: boolean }) {
  const { t } = useTranslation();
  const close = useCloseDraw(draw.key);
  const total = draw.prizes.reduce((sum, prize) => sum + prize.weight, draw.blank);
  return (
    <section className={css.card} aria-label={draw.name}>
      <div className={css.cardHead}>
        <div>
          <h2>{draw.name}</h2>
          <p className={css.quiet}>{t("rewards.drawn", { count: draw.drawn })}</p>
        </div>
        <StatusPill tone={draw.state === "open" ? "good" : "quiet"}>
          {t(`rewards.drawState.${draw.state}`)}
        </StatusPill>
      </div>
      <ul className={css.list}>
        {draw.prizes.map((prize) => (
          <li key={prize.key} className={css.line}>
            <span>
              {prize.name} · {((100 * prize.weight) / total).toFixed(1)}%
            </span>
            <span className={css.quiet}>
              {prize.stock === null
                ? t("rewards.takenOnly", { taken: prize.taken })
                : t("rewards.takenOf", { taken: prize.taken, stock: prize.stock })}
            </span>
          </li>
        ))}
      </ul>
      <p className={css.quiet}>
        {draw.seed ? t("rewards.seed") : t("rewards.seal")}
        <br />
        <span className={css.seal}>{draw.seed ?? draw.seed_hash}</span>
      </p>
      <ProblemAlert problem={close.error} />
      {mayEdit && draw.state === "open" && (
        <div>
          <Popconfirm title={t("rewards.closeAsk")} onConfirm={() => close.mutate()}>
            <Button size="small" loading={close.isPending}>
              {t("rewards.closeDraw")}
            </Button>
          </Popconfirm>
        </div>
      )}
    </section>
  );
}

type PrizeDraft = DrawDraft["prizes"][number];

const EXAMPLE: DrawDraft = {
  name: "",
  blank: 60,
  per_person: 1,
  cost: 0,
  prizes: [
    { name: "", weight: 10, stock: 10 },
    { name: "", weight: 30, stock: 100 },
  ],
};

function Fields({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const pools = usePools().data ?? [];
  const [draft, setDraft] = useState(EXAMPLE);
  const save = useSaveReward<DrawDraft, LuckyDraw>("draws");
  const set = (part: Partial<DrawDraft>) => setDraft((before) => ({ ...before, ...part }));
  const prize = (place: number, part: Partial<PrizeDraft>) =>
    set({ prizes: draft.prizes.map((one, at) => (at === place ? { ...one, ...part } : one)) });
  return (
    <Form layout="vertical" component="div">
      <ProblemAlert problem={save.error} />
      <Form.Item label={t("rewards.name")} htmlFor="draw-name">
        <Input
          id="draw-name"
          value={draft.name}
          maxLength={100}
          onChange={(event) => set({ name: event.target.value })}
        />
      </Form.Item>
      <h3>{t("rewards.prizes")}</h3>
      <div className={css.rows}>
        {draft.prizes.map((one, place) => (
          <div key={place} className={css.row}>
            <Input
              style={{ width: 150 }}
              placeholder={t("rewards.prizeName")}
              aria-label={t("rewards.prizeName")}
              value={one.name}
              onChange={(event) => prize(place, { name: event.target.value })}
            />
            <InputNumber
              min={1}
              precision={0}
              style={{ width: 120 }}
              prefix={t("rewards.weight")}
              aria-label={t("rewards.weight")}
              value={one.weight}
              onChange={(weight) => prize(place, { weight: weight ?? 1 })}
            />
            <InputNumber
              min={0}
              precision={0}
              style={{ width: 120 }}
              prefix={t("rewards.stock")}
              placeholder={t("rewards.noLimit")}
              aria-label={t("rewards.stock")}
              value={one.stock ?? null}
              onChange={(stock) => prize(place, { stock })}
            />
            <Select
              allowClear
              style={{ width: 150 }}
              placeholder={t("rewards.pool")}
              aria-label={t("rewards.pool")}
              value={one.pool ?? undefined}
              options={pools.map((pool) => ({ value: pool.key, label: pool.name }))}
              onChange={(pool: string | undefined) => prize(place, { pool: pool ?? null })}
            />
          </div>
        ))}
        <div>
          <Button
            size="small"
            onClick={() => set({ prizes: [...draft.prizes, { name: "", weight: 10, stock: null }] })}
          >
            {t("rewards.addPrize")}
          </Button>
        </div>
      </div>
      <div className={css.two}>
        <Form.Item label={t("rewards.blank")} htmlFor="draw-blank">
          <InputNumber
            id="draw-blank"
            min={0}
            precision={0}
            value={draft.blank}
            onChange={(blank) => set({ blank: blank ?? 0 })}
          />
        </Form.Item>
        <Form.Item label={t("rewards.perPersonDraws")} htmlFor="draw-each">
          <InputNumber
            id="draw-each"
            min={1}
            precision={0}
            placeholder={t("rewards.noLimit")}
            value={draft.per_person ?? null}
            onChange={(per_person) => set({ per_person })}
          />
        </Form.Item>
      </div>
      <Button
        type="primary"
        disabled={!draft.name.trim() || draft.prizes.some((one) => !one.name.trim())}
        loading={save.isPending}
        onClick={() => save.mutate(draft, { onSuccess: onDone })}
      >
        {t("rewards.create")}
      </Button>
    </Form>
  );
}
