import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { LevelDraft } from "@/api/tiers";
import { Icon } from "@/parts/Icon";
import { RuleDesk } from "@/parts/RuleDesk";

import { blank, colorAt } from "./example";
import { moved } from "./order";
import css from "./Tiers.module.css";

interface LevelListProps {
  levels: LevelDraft[];
  /** True if the lowest level takes everybody who meets none. */
  hasFloor: boolean;
  onChange: (levels: LevelDraft[]) => void;
}

/** The levels from high to low; dragged or moved by arrows into another order. */
export function LevelList({ levels, hasFloor, onChange }: LevelListProps) {
  const { t } = useTranslation();
  const [dragged, setDragged] = useState<number | null>(null);
  // Rows keep their editors while they are moved: each has a number of its own.
  const [ids, setIds] = useState(() => levels.map((_, place) => place));
  const move = (from: number, to: number) => {
    onChange(moved(levels, from, to));
    setIds(moved(ids, from, to));
  };
  const add = () => {
    const place = Math.max(0, levels.length - 1);
    onChange(levels.toSpliced(place, 0, blank(place)));
    setIds(ids.toSpliced(place, 0, Math.max(-1, ...ids) + 1));
  };
  const remove = (place: number) => {
    onChange(levels.toSpliced(place, 1));
    setIds(ids.toSpliced(place, 1));
  };
  return (
    <section aria-label={t("tierEditor.levels")}>
      <h2 className={css.small}>{t("tierEditor.levels")}</h2>
      <p className={css.quiet}>{t("tierEditor.levelsHelp")}</p>
      <ol className={css.levels}>
        {levels.map((level, place) => (
          <li
            key={ids[place]}
            className={dragged === place ? css.levelDragged : css.level}
            style={{ borderInlineStartColor: level.color || colorAt(place) }}
            onDragOver={(event) => event.preventDefault()}
            onDrop={() => dragged !== null && move(dragged, place)}
          >
            <LevelFields
              level={level}
              place={place}
              isFloor={hasFloor && place === levels.length - 1}
              onChange={(part) => onChange(levels.map((one, n) => (n === place ? { ...one, ...part } : one)))}
              tools={
                <span className={css.levelTools}>
                  <span
                    className={css.grip}
                    draggable
                    aria-hidden="true"
                    onDragStart={() => setDragged(place)}
                    onDragEnd={() => setDragged(null)}
                  >
                    ⠿
                  </span>
                  <Button
                    type="text"
                    aria-label={t("tierEditor.higher")}
                    disabled={place === 0}
                    onClick={() => move(place, place - 1)}
                  >
                    ↑
                  </Button>
                  <Button
                    type="text"
                    aria-label={t("tierEditor.lower")}
                    disabled={place === levels.length - 1}
                    onClick={() => move(place, place + 1)}
                  >
                    ↓
                  </Button>
                  <Button type="text" disabled={levels.length <= 2} onClick={() => remove(place)}>
                    {t("tierEditor.remove")}
                  </Button>
                </span>
              }
            />
          </li>
        ))}
      </ol>
      <Button icon={<Icon name="plus" size={16} />} disabled={levels.length >= 12} onClick={add}>
        {t("tierEditor.add")}
      </Button>
    </section>
  );
}

interface LevelFieldsProps {
  level: LevelDraft;
  place: number;
  isFloor: boolean;
  onChange: (part: Partial<LevelDraft>) => void;
  tools: React.ReactNode;
}

function LevelFields({ level, place, isFloor, onChange, tools }: LevelFieldsProps) {
  const { t } = useTranslation();
  const id = (name: string) => `level-${place}-${name}`;
  return (
    <>
      <div className={css.levelHead}>
        <input
          type="color"
          className={css.color}
          aria-label={t("tierEditor.color")}
          value={level.color || colorAt(place)}
          onChange={(event) => onChange({ color: event.target.value })}
        />
        <Input
          aria-label={t("tierEditor.levelName")}
          placeholder={t("tierEditor.levelName")}
          value={level.name}
          maxLength={60}
          onChange={(event) => onChange({ name: event.target.value })}
        />
        {tools}
      </div>
      <div className={css.levelBody}>
        <div role="group" aria-label={t("tierEditor.criteria")}>
          <h3 className={css.small}>{t("tierEditor.criteria")}</h3>
          {isFloor ? (
            <p className={css.quiet}>{t("tierEditor.floorWords")}</p>
          ) : (
            <RuleDesk value={level.rule} onChange={(rule) => onChange({ rule })} />
          )}
        </div>
        <div>
          <Form.Item label={t("tierEditor.words")} htmlFor={id("words")}>
            <Input
              id={id("words")}
              value={level.words}
              maxLength={500}
              onChange={(event) => onChange({ words: event.target.value })}
            />
          </Form.Item>
          <Form.Item label={t("tierEditor.benefits")} htmlFor={id("benefits")}>
            <Input.TextArea
              id={id("benefits")}
              rows={2}
              value={level.benefits.join("\n")}
              onChange={(event) => onChange({ benefits: event.target.value.split("\n").slice(0, 20) })}
            />
          </Form.Item>
        </div>
      </div>
    </>
  );
}
