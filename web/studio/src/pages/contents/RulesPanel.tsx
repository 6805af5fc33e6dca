import { App, Button, Checkbox, Form, Input, InputNumber, Radio, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useChangePolicy, usePolicy, type Policy } from "@/api/materials";
import { SideSheet } from "@/parts/SideSheet";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Materials.module.css";

const MODES = ["off", "warning", "error"] as const;
const PARTS = ["activation", "conversion", "brand"] as const;

/** What the workspace asks of its texts. */
export function RulesPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { data: policy, error } = usePolicy();
  return (
    <SideSheet open size={520} title={t("contents.rulesTitle")} onClose={onClose}>
      <ProblemAlert problem={error} />
      {policy && <RulesForm policy={policy} onDone={onClose} />}
    </SideSheet>
  );
}

function RulesForm({ policy, onDone }: { policy: Policy; onDone: () => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const { message } = App.useApp();
  const [wanted, setWanted] = useState(policy);
  const change = useChangePolicy();
  const set = (changed: Partial<Policy>) => setWanted({ ...wanted, ...changed });
  const setList = (key: string, changed: Partial<Policy["lists"][number]>) =>
    set({ lists: wanted.lists.map((one) => (one.key === key ? { ...one, ...changed } : one)) });
  const save = () =>
    change.mutate(wanted, {
      onSuccess: () => {
        void message.success(t("contents.rulesSaved"));
        onDone();
      },
    });
  return (
    <Form layout="vertical" onFinish={save}>
      <ProblemAlert problem={change.error} />
      <Form.Item label={t("contents.reviewMode")} extra={t("contents.reviewModeHelp")}>
        <Radio.Group
          value={wanted.review}
          onChange={(event) => set({ review: event.target.value as Policy["review"] })}
          options={MODES.map((value) => ({ value, label: t(`contents.reviewModes.${value}`) }))}
        />
      </Form.Item>
      <Form.Item>
        <Checkbox
          checked={wanted.others_review}
          onChange={(event) => set({ others_review: event.target.checked })}
        >
          {t("contents.othersReview")}
        </Checkbox>
      </Form.Item>
      <Form.Item label={t("contents.mixTitle")}>
        <div className={css.plan}>
          {PARTS.map((part) => (
            <label key={part}>
              {t(`contents.categories.${part}`)}
              <InputNumber
                aria-label={t(`contents.categories.${part}`)}
                min={0}
                max={100}
                value={wanted.mix[part]}
                onChange={(value) => set({ mix: { ...wanted.mix, [part]: value ?? 0 } })}
              />
            </label>
          ))}
        </div>
      </Form.Item>
      <Form.Item label={t("contents.lists")} extra={t("contents.listsHelp")}>
        {wanted.lists.map((one) => (
          <div key={one.key} className={css.list}>
            <label className={css.switch}>
              <Switch
                size="small"
                aria-label={words(one.title)}
                checked={one.on}
                onChange={(on) => setList(one.key, { on })}
              />
              {words(one.title)}
            </label>
            {one.on && (
              <Input.TextArea
                aria-label={words(one.title)}
                autoSize={{ minRows: 2, maxRows: 6 }}
                value={one.words.join("\n")}
                onChange={(event) => setList(one.key, { words: event.target.value.split("\n") })}
              />
            )}
          </div>
        ))}
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={change.isPending}>
        {t("contents.save")}
      </Button>
    </Form>
  );
}
