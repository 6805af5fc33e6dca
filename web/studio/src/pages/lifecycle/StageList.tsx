import { Button, Form, Input, InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { StageDraft } from "@/api/matching";
import { moved } from "@/pages/tiers/order";
import { Icon } from "@/parts/Icon";
import { RuleDesk } from "@/parts/RuleDesk";

import { stageColor } from "./colors";
import css from "./Lifecycle.module.css";

interface StageListProps {
  stages: StageDraft[];
  /** True if stages follow from dates; one that has no number of days has a rule of its own. */
  dated: boolean;
  onChange: (stages: StageDraft[]) => void;
}

/** The stages from early to late, each with what it takes to be in it. */
export function StageList({ stages, dated, onChange }: StageListProps) {
  const { t } = useTranslation();
  // Rows keep their editors while they are moved: each has a number of its own.
  const [ids, setIds] = useState(() => stages.map((_, place) => place));
  const move = (from: number, to: number) => {
    onChange(moved(stages, from, to));
    setIds(moved(ids, from, to));
  };
  const add = () => {
    const color = stageColor(stages.length);
    onChange([...stages, { name: "", words: "", rule: null, from_days: null, color }]);
    setIds([...ids, Math.max(-1, ...ids) + 1]);
  };
  const remove = (place: number) => {
    onChange(stages.toSpliced(place, 1));
    setIds(ids.toSpliced(place, 1));
  };
  return (
    <section aria-label={t("lifeEditor.stages")}>
      <h2>{t("lifeEditor.stages")}</h2>
      <p className={css.quiet}>{t("lifeEditor.stagesHelp")}</p>
      <ol className={css.stages}>
        {stages.map((stage, place) => {
          const set = (part: Partial<StageDraft>) =>
            onChange(stages.map((one, n) => (n === place ? { ...one, ...part } : one)));
          const color = stage.color || stageColor(place);
          return (
            <li key={ids[place]} className={css.stage} style={{ borderInlineStartColor: color }}>
              <div className={css.head}>
                <input
                  type="color"
                  className={css.color}
                  aria-label={t("lifeEditor.color")}
                  value={color}
                  onChange={(event) => set({ color: event.target.value })}
                />
                <Input
                  aria-label={t("lifeEditor.stageName")}
                  placeholder={t("lifeEditor.stageName")}
                  value={stage.name}
                  maxLength={60}
                  onChange={(event) => set({ name: event.target.value })}
                />
                <Input
                  aria-label={t("lifeEditor.words")}
                  placeholder={t("lifeEditor.words")}
                  value={stage.words}
                  maxLength={500}
                  onChange={(event) => set({ words: event.target.value })}
                />
                <span>
                  <Button
                    type="text"
                    aria-label={t("lifeEditor.earlier")}
                    disabled={place === 0}
                    onClick={() => move(place, place - 1)}
                  >
                    ↑
                  </Button>
                  <Button
                    type="text"
                    aria-label={t("lifeEditor.later")}
                    disabled={place === stages.length - 1}
                    onClick={() => move(place, place + 1)}
                  >
                    ↓
                  </Button>
                  <Button type="text" disabled={stages.length <= 2} onClick={() => remove(place)}>
                    {t("lifeEditor.remove")}
                  </Button>
                </span>
              </div>
              {dated && stage.from_days !== null ? (
                <Form.Item label={t("lifeEditor.fromDays")} htmlFor={`stage-days-${ids[place]}`}>
                  <InputNumber
                    id={`stage-days-${ids[place]}`}
                    min={-36500}
                    max={36500}
                    precision={0}
                    value={stage.from_days}
                    onChange={(days) => set({ from_days: days ?? 0 })}
                  />
                </Form.Item>
              ) : (
                <div role="group" aria-label={t("lifeEditor.rule")}>
                  <p className={css.quiet}>{t("lifeEditor.rule")}</p>
                  <RuleDesk value={stage.rule} onChange={(rule) => set({ rule })} />
                </div>
              )}
            </li>
          );
        })}
      </ol>
      <Button icon={<Icon name="plus" size={16} />} disabled={stages.length >= 12} onClick={add}>
        {t("lifeEditor.add")}
      </Button>
    </section>
  );
}
