import { AutoComplete, Button, Form, Input, InputNumber, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useEventTypes } from "@/api/catalogue";
import {
  useHolders,
  usePools,
  useSaveReward,
  useSchemes,
  type EarnRule,
  type Offer,
  type Scheme,
} from "@/api/rewards";
import { useMay } from "@/api/session";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Rewards.module.css";

/** Every scheme of points: how they are earned and spent, and who has most. */
export function Schemes() {
  const { t } = useTranslation();
  const { data, error, refetch } = useSchemes();
  const mayEdit = useMay("editor");
  const [opened, setOpened] = useState<Scheme | "new" | null>(null);
  const make = mayEdit && (
    <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setOpened("new")}>
      {t("rewards.newScheme")}
    </Button>
  );
  if (error) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton active paragraph={{ rows: 6 }} />;
  return (
    <>
      {data.length === 0 ? (
        <EmptyState picture="people" title={t("rewards.noSchemes")} action={make}>
          {t("rewards.schemesTeach")}
        </EmptyState>
      ) : (
        <>
          <div className={css.tools}>{make}</div>
          <div className={css.cards}>
            {data.map((one) => (
              <SchemeCard key={one.key} scheme={one} onEdit={mayEdit ? () => setOpened(one) : undefined} />
            ))}
          </div>
        </>
      )}
      <SideSheet
        title={opened === "new" ? t("rewards.newScheme") : t("rewards.editScheme")}
        open={opened !== null}
        onClose={() => setOpened(null)}
        size={600}
        destroyOnHidden
      >
        {opened !== null && (
          <Fields of={opened === "new" ? undefined : opened} onDone={() => setOpened(null)} />
        )}
      </SideSheet>
    </>
  );
}

function SchemeCard({ scheme, onEdit }: { scheme: Scheme; onEdit: (() => void) | undefined }) {
  const { t } = useTranslation();
  const pools = new Map(usePools().data?.map((pool) => [pool.key, pool.name]));
  const holders = useHolders(scheme.key).data ?? [];
  return (
    <section className={css.card} aria-label={scheme.name}>
      <div className={css.cardHead}>
        <div>
          <h2>{scheme.name}</h2>
          <p className={css.quiet}>{t("rewards.inRules", { name: scheme.attribute })}</p>
        </div>
        {onEdit && (
          <Button size="small" onClick={onEdit}>
            {t("rewards.edit")}
          </Button>
        )}
      </div>
      <dl className={css.numbers}>
        {(["people", "balance", "added", "taken"] as const).map((name) => (
          <div key={name}>
            <dt>{t(`rewards.points.${name}`)}</dt>
            <dd>{scheme[name].toLocaleString()}</dd>
          </div>
        ))}
      </dl>
      <ul className={css.list}>
        {scheme.earn.map((rule, place) => (
          <li key={place} className={css.quiet}>
            {t(rule.per_day ? "rewards.earnCapped" : "rewards.earnRule", {
              ...rule,
              event: rule.called,
            })}
            {!rule.seen && <span className={css.unseen}>{t("rewards.unseen")}</span>}
          </li>
        ))}
        {scheme.exchange.map((offer) => (
          <li key={offer.pool} className={css.quiet}>
            {t("rewards.exchangeRule", { ...offer, pool: pools.get(offer.pool) ?? offer.pool })}
          </li>
        ))}
      </ul>
      {holders.length > 0 && (
        <ol className={css.list} aria-label={t("rewards.leaders")}>
          {holders.slice(0, 5).map((one) => (
            <li key={one.contact_id} className={css.line}>
              <Link to={`/contacts/${one.contact_id}`}>{one.name || one.contact_id}</Link>
              <span>{one.balance.toLocaleString()}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

interface Draft {
  name: string;
  earn: EarnRule[];
  exchange: Offer[];
  expires_days: number | null;
}

const EXAMPLE: Draft = {
  name: "",
  earn: [{ event: "group_message", points: 10, times: null, per_day: 50 }],
  exchange: [],
  expires_days: 365,
};

function Fields({ of, onDone }: { of: Scheme | undefined; onDone: () => void }) {
  const { t } = useTranslation();
  const pools = usePools().data ?? [];
  const events = useEventTypes().data ?? [];
  const [draft, setDraft] = useState<Draft>(
    of
      ? {
          name: of.name,
          earn: of.earn.map(({ event, points, times, per_day }) => ({
            event,
            points,
            times: times ?? null,
            per_day: per_day ?? null,
          })),
          exchange: of.exchange,
          expires_days: of.expires_days,
        }
      : EXAMPLE,
  );
  const save = useSaveReward<Draft, Scheme>("points", of?.key);
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const rule = (place: number, part: Partial<EarnRule>) =>
    set({ earn: draft.earn.map((one, at) => (at === place ? { ...one, ...part } : one)) });
  const offer = (place: number, part: Partial<Offer>) =>
    set({ exchange: draft.exchange.map((one, at) => (at === place ? { ...one, ...part } : one)) });
  return (
    <Form layout="vertical" component="div">
      <ProblemAlert problem={save.error} />
      <Form.Item label={t("rewards.name")} htmlFor="scheme-name">
        <Input
          id="scheme-name"
          maxLength={100}
          value={draft.name}
          onChange={(event) => set({ name: event.target.value })}
        />
      </Form.Item>
      <h3>{t("rewards.earn")}</h3>
      <div className={css.rows}>
        {draft.earn.map((one, place) => (
          <div key={place} className={css.row}>
            <AutoComplete
              style={{ width: 190 }}
              aria-label={t("rewards.earnEvent")}
              value={one.event}
              options={events.map(({ name, title }) => ({
                value: name,
                label: title ? `${title} · ${name}` : name,
              }))}
              showSearch={{
                filterOption: (typed, option) =>
                  String(option?.label ?? "")
                    .toLowerCase()
                    .includes(typed.toLowerCase()),
              }}
              onChange={(event: string) => rule(place, { event: event.trim() })}
            />
            <InputNumber
              min={1}
              precision={0}
              prefix="+"
              aria-label={t("rewards.earnPoints")}
              value={one.points}
              onChange={(points) => rule(place, { points: points ?? 1 })}
            />
            <InputNumber
              min={1}
              precision={0}
              style={{ width: 170 }}
              placeholder={t("rewards.noCap")}
              aria-label={t("rewards.perDay")}
              prefix={t("rewards.perDay")}
              value={one.per_day ?? null}
              onChange={(per_day) => rule(place, { per_day })}
            />
            <Button
              type="text"
              aria-label={t("rewards.takeOut")}
              icon={<Icon name="bin" size={16} />}
              onClick={() => set({ earn: draft.earn.filter((_, at) => at !== place) })}
            />
          </div>
        ))}
        <div>
          <Button
            size="small"
            onClick={() =>
              set({ earn: [...draft.earn, { event: "", points: 10, times: null, per_day: null }] })
            }
          >
            {t("rewards.addEarn")}
          </Button>
        </div>
      </div>
      <h3>{t("rewards.exchange")}</h3>
      <div className={css.rows}>
        {draft.exchange.map((one, place) => (
          <div key={place} className={css.row}>
            <InputNumber
              min={1}
              precision={0}
              aria-label={t("rewards.price")}
              value={one.points}
              onChange={(points) => offer(place, { points: points ?? 1 })}
            />
            <span>→</span>
            <Select
              style={{ width: 220 }}
              aria-label={t("rewards.pool")}
              value={one.pool || undefined}
              options={pools.map((pool) => ({ value: pool.key, label: pool.name }))}
              onChange={(pool: string) => offer(place, { pool })}
            />
          </div>
        ))}
        <div>
          <Button
            size="small"
            disabled={pools.length === 0}
            onClick={() => set({ exchange: [...draft.exchange, { points: 100, pool: pools[0]?.key ?? "" }] })}
          >
            {t("rewards.addExchange")}
          </Button>
        </div>
      </div>
      <Form.Item label={t("rewards.expiresDays")} htmlFor="scheme-days">
        <InputNumber
          id="scheme-days"
          min={1}
          precision={0}
          placeholder={t("rewards.never")}
          value={draft.expires_days}
          onChange={(expires_days) => set({ expires_days })}
        />
      </Form.Item>
      <Button
        type="primary"
        disabled={!draft.name.trim() || draft.earn.some((one) => !one.event)}
        loading={save.isPending}
        onClick={() => save.mutate(draft, { onSuccess: onDone })}
      >
        {of ? t("rewards.save") : t("rewards.create")}
      </Button>
    </Form>
  );
}
