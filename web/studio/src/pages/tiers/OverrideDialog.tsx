import { Button, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useOverride, type Dimension } from "@/api/tiers";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { RuleDesk, type RuleTree } from "@/parts/RuleDesk";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Tiers.module.css";

interface OverrideDialogProps {
  contact: number;
  dimensions: Dimension[];
  onClose: () => void;
}

/** Gives a customer a level for a while, with what must come of it. */
export function OverrideDialog({ contact, dimensions, onClose }: OverrideDialogProps) {
  const { t } = useTranslation();
  const give = useOverride();
  const [key, setKey] = useState(dimensions[0]?.key ?? "");
  const dimension = dimensions.find((one) => one.key === key);
  const [level, setLevel] = useState(dimension?.levels[0]?.key ?? "");
  const [days, setDays] = useState(14);
  const [measure, setMeasure] = useState<RuleTree | null>(null);
  const [reason, setReason] = useState("");
  const save = () =>
    give.mutate(
      { contact_id: contact, dimension: key, level, days, measure, reason },
      { onSuccess: onClose },
    );
  return (
    <SideSheet
      open
      mask={false}
      size={480}
      onClose={onClose}
      title={t("tierOverride.title")}
      extra={
        <Button type="primary" disabled={!level} loading={give.isPending} onClick={save}>
          {t("tierOverride.save")}
        </Button>
      }
    >
      <p className={css.quiet}>{t("tierOverride.lead")}</p>
      <ProblemAlert problem={give.error} />
      <Form layout="vertical" component="div">
        <div className={css.two}>
          <Form.Item label={t("tiers.dimension")} htmlFor="override-dimension">
            <Select
              id="override-dimension"
              value={key}
              options={dimensions.map((one) => ({ value: one.key, label: one.name }))}
              onChange={(next) => {
                setKey(next);
                setLevel(dimensions.find((one) => one.key === next)?.levels[0]?.key ?? "");
              }}
            />
          </Form.Item>
          <Form.Item label={t("tiers.level")} htmlFor="override-level">
            <Select
              id="override-level"
              value={level}
              options={dimension?.levels.map((one) => ({ value: one.key, label: one.name }))}
              onChange={setLevel}
            />
          </Form.Item>
        </div>
        <Form.Item label={t("tierOverride.days")} htmlFor="override-days">
          <InputNumber
            id="override-days"
            min={1}
            max={730}
            precision={0}
            value={days}
            onChange={(next) => setDays(next ?? 1)}
          />
        </Form.Item>
        <h3 className={css.small}>{t("tiers.measure")}</h3>
        <p className={css.quiet}>{t("tierOverride.measureHelp")}</p>
        <RuleDesk value={measure} onChange={setMeasure} />
        <Form.Item label={t("tierOverride.reason")} htmlFor="override-reason">
          <Input
            id="override-reason"
            value={reason}
            maxLength={500}
            placeholder={t("tierOverride.reasonHelp")}
            onChange={(event) => setReason(event.target.value)}
          />
        </Form.Item>
      </Form>
    </SideSheet>
  );
}
