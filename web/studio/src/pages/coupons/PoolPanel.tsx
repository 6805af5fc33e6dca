import { Button, DatePicker, Form, Input, InputNumber, Segmented, Switch } from "antd";
import dayjs from "dayjs";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useSaveReward, type Pool, type PoolDraft } from "@/api/rewards";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Rewards.module.css";

const KINDS = ["generated", "uploaded", "shared"] as const;
const BLANK: PoolDraft = {
  name: "",
  kind: "generated",
  value: "",
  rules: "",
  total: 1000,
  per_person: 1,
  valid_days: 7,
  event: "order_paid",
  property: "coupon",
};

interface Props {
  opened: Pool | "new" | null;
  onClose: () => void;
}

/** Makes a pool, or changes one; its kind and its codes stay as they are. */
export function PoolPanel({ opened, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <SideSheet
      title={opened === "new" ? t("rewards.newPool") : t("rewards.editPool")}
      open={opened !== null}
      onClose={onClose}
      size={560}
      destroyOnHidden
    >
      {opened !== null && <Fields of={opened === "new" ? undefined : opened} onDone={onClose} />}
    </SideSheet>
  );
}

const draftOf = (pool: Pool): PoolDraft => ({
  name: pool.name,
  value: pool.value,
  rules: pool.rules,
  total: pool.total,
  per_person: pool.per_person,
  valid_until: pool.valid_until,
  valid_days: pool.valid_days,
  event: pool.event,
  property: pool.property,
  state: pool.state as "on" | "off",
});

function Fields({ of, onDone }: { of: Pool | undefined; onDone: () => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<PoolDraft>(of ? draftOf(of) : BLANK);
  const save = useSaveReward<PoolDraft, Pool>("coupons", of?.key);
  const set = (part: PoolDraft) => setDraft((before) => ({ ...before, ...part }));
  const kind = of?.kind ?? draft.kind;
  const whole = Boolean(draft.name?.trim()) && (kind !== "shared" || of || draft.code?.trim());
  const sent = kind === "uploaded" ? { ...draft, total: undefined } : draft;
  return (
    <Form layout="vertical" component="div">
      <ProblemAlert problem={save.error} />
      {!of && (
        <Form.Item label={t("rewards.codes")} extra={t(`rewards.kindHelp.${draft.kind ?? "generated"}`)}>
          <Segmented
            value={draft.kind ?? "generated"}
            options={KINDS.map((value) => ({ value, label: t(`rewards.kind.${value}`) }))}
            onChange={(next) => set({ kind: next })}
          />
        </Form.Item>
      )}
      <Form.Item label={t("rewards.name")} htmlFor="pool-name">
        <Input
          id="pool-name"
          maxLength={100}
          value={draft.name}
          onChange={(event) => set({ name: event.target.value })}
        />
      </Form.Item>
      <Form.Item label={t("rewards.value")} htmlFor="pool-value">
        <Input
          id="pool-value"
          maxLength={200}
          placeholder={t("rewards.valueExample")}
          value={draft.value}
          onChange={(event) => set({ value: event.target.value })}
        />
      </Form.Item>
      {kind === "shared" && !of && (
        <Form.Item label={t("rewards.oneCode")} htmlFor="pool-code">
          <Input
            id="pool-code"
            maxLength={64}
            value={draft.code}
            onChange={(event) => set({ code: event.target.value })}
          />
        </Form.Item>
      )}
      <div className={css.two}>
        {kind !== "uploaded" && (
          <Amount
            id="pool-total"
            label={t("rewards.total")}
            value={draft.total}
            onChange={(total) => set({ total })}
          />
        )}
        <Amount
          id="pool-each"
          label={t("rewards.perPerson")}
          value={draft.per_person}
          onChange={(per_person) => set({ per_person })}
        />
        <Amount
          id="pool-days"
          label={t("rewards.validDays")}
          value={draft.valid_days}
          onChange={(valid_days) => set({ valid_days })}
        />
        <Form.Item label={t("rewards.validUntil")} htmlFor="pool-until">
          <DatePicker
            id="pool-until"
            showTime
            style={{ width: "100%" }}
            value={draft.valid_until ? dayjs(draft.valid_until) : null}
            onChange={(day) => set({ valid_until: day ? day.toISOString() : null })}
          />
        </Form.Item>
        <Form.Item label={t("rewards.event")} htmlFor="pool-event" extra={t("rewards.eventHelp")}>
          <Input
            id="pool-event"
            value={draft.event ?? ""}
            onChange={(event) => set({ event: event.target.value.trim() || null })}
          />
        </Form.Item>
        <Form.Item label={t("rewards.property")} htmlFor="pool-property">
          <Input
            id="pool-property"
            value={draft.property}
            onChange={(event) => set({ property: event.target.value.trim() })}
          />
        </Form.Item>
      </div>
      <Form.Item label={t("rewards.rules")} htmlFor="pool-rules">
        <Input.TextArea
          id="pool-rules"
          rows={3}
          maxLength={2000}
          value={draft.rules}
          onChange={(event) => set({ rules: event.target.value })}
        />
      </Form.Item>
      {of && (
        <Form.Item label={t("rewards.isOn")} htmlFor="pool-on">
          <Switch
            id="pool-on"
            checked={draft.state === "on"}
            onChange={(on) => set({ state: on ? "on" : "off" })}
          />
        </Form.Item>
      )}
      <Button
        type="primary"
        disabled={!whole}
        loading={save.isPending}
        onClick={() => save.mutate(sent, { onSuccess: onDone })}
      >
        {of ? t("rewards.save") : t("rewards.create")}
      </Button>
    </Form>
  );
}

interface AmountProps {
  id: string;
  label: string;
  value: number | null | undefined;
  onChange: (value: number | null) => void;
}

function Amount({ id, label, value, onChange }: AmountProps) {
  const { t } = useTranslation();
  return (
    <Form.Item label={label} htmlFor={id}>
      <InputNumber
        id={id}
        min={1}
        precision={0}
        style={{ width: "100%" }}
        placeholder={t("rewards.noLimit")}
        value={value ?? null}
        onChange={onChange}
      />
    </Form.Item>
  );
}
