import { AutoComplete, Button, Checkbox, Form, InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useEventTypes } from "@/api/catalogue";
import { useSaveRfmPlan, type RfmPlan } from "@/api/tiers";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Tiers.module.css";

/** Over which event RFM is worked out, and how far back. */
export function RfmSettings({ plan, onDone }: { plan: RfmPlan | null; onDone: () => void }) {
  const { t } = useTranslation();
  const events = useEventTypes();
  const save = useSaveRfmPlan();
  const [event, setEvent] = useState(plan?.event ?? "order_paid");
  const [amount, setAmount] = useState(plan?.amount ?? "amount");
  const [days, setDays] = useState(plan?.window_days ?? 365);
  const [monthly, setMonthly] = useState(plan?.monthly ?? true);
  const known = events.data?.find((one) => one.name === event);
  const properties = Object.keys((known as { properties?: object } | undefined)?.properties ?? {});
  return (
    <Form layout="vertical" component="div" className={css.settings}>
      <ProblemAlert problem={save.error} />
      <div className={css.three}>
        <Form.Item label={t("rfm.event")} htmlFor="rfm-event">
          <AutoComplete
            id="rfm-event"
            value={event}
            options={(events.data ?? []).map((one) => ({
              value: one.name,
              label: typeof one.title === "string" && one.title ? `${one.title} · ${one.name}` : one.name,
            }))}
            onChange={setEvent}
          />
        </Form.Item>
        <Form.Item label={t("rfm.amount")} htmlFor="rfm-amount" extra={t("rfm.amountHelp")}>
          <AutoComplete
            id="rfm-amount"
            value={amount}
            options={properties.map((value) => ({ value }))}
            onChange={setAmount}
          />
        </Form.Item>
        <Form.Item label={t("rfm.window")} htmlFor="rfm-window">
          <InputNumber
            id="rfm-window"
            min={7}
            max={3650}
            precision={0}
            value={days}
            onChange={(next) => setDays(next ?? 365)}
          />
        </Form.Item>
      </div>
      <Checkbox checked={monthly} onChange={(change) => setMonthly(change.target.checked)}>
        {t("rfm.monthly")}
      </Checkbox>{" "}
      <Button
        type="primary"
        disabled={!event}
        loading={save.isPending}
        onClick={() => save.mutate({ event, amount, window_days: days, monthly }, { onSuccess: onDone })}
      >
        {t("rfm.save")}
      </Button>
    </Form>
  );
}
