import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useCrew, type StaffTask } from "@/api/tasks";

import { push } from "./queue";
import css from "./Tasks.module.css";

const DAYS = 30;
const A_DAY_MS = 86_400_000;

interface Props {
  task: StaffTask;
  mayGiveTier: boolean;
  onClose(): void;
}

/** Why this does not fit this customer; somebody looks at it later. A tier may be given for a month. */
export function NotSuitable({ task, mayGiveTier, onClose }: Props) {
  const { t } = useTranslation();
  const { data: crew } = useCrew();
  const [reason, setReason] = useState("");
  const [tier, setTier] = useState<string | undefined>();
  const levels = (crew?.dimensions ?? []).map((one) => ({
    label: one.name,
    options: one.levels.map((level) => ({
      value: `${one.key}/${level.key}`,
      label: `${one.name}：${level.name}`,
    })),
  }));
  const say = () => {
    const [dimension, level] = (tier ?? "").split("/");
    const until = new Date(Date.now() + DAYS * A_DAY_MS).toISOString();
    const override = tier ? { dimension, level, until } : null;
    push({
      task: task.id,
      act: "not-suitable",
      body: { reason: reason.trim(), override },
      said: `${task.contact_name || task.title}：${t("tasks.notSuitableSaid")}`,
    });
  };
  return (
    <div className={css.aside}>
      <label>
        {t("tasks.because")}
        <Input.TextArea
          autoFocus
          rows={3}
          maxLength={2000}
          value={reason}
          placeholder={t("tasks.becauseSuch")}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      {mayGiveTier && task.contact_id !== null && levels.length > 0 && (
        <label>
          {t("tasks.tierForNow", { count: DAYS })}
          <Select
            allowClear
            className={css.full}
            aria-label={t("tasks.tierForNow", { count: DAYS })}
            value={tier}
            options={levels}
            onChange={setTier}
          />
        </label>
      )}
      <Button block type="primary" className={css.big} disabled={!reason.trim()} onClick={say}>
        {t("tasks.notSuitableDo")}
      </Button>
      <Button block className={css.big} onClick={onClose}>
        {t("parts.cancel")}
      </Button>
    </div>
  );
}
