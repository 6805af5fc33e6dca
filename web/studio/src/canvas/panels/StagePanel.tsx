/** A stage's panel: its name, what its days count from, whether people rest in it, and what leaves it in which order. */
import { Input, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { startingArrow } from "../flow/starters";
import { Glyph } from "../look/Glyph";
import { ANY_STAGE, isStageArrow, sources, type Id, type Stage, type StageArrow } from "../model/definition";
import { freshId } from "../model/ids";
import { kindOf } from "../model/kinds";
import { find, stepsOf } from "../model/lookup";
import { reasonOf, sayArrow, type Reason } from "../model/words/arrow";
import { typeset } from "../model/words/names";
import { definitionNow, selectDefinition, useCanvas } from "../store";
import { AnchorInput } from "./fields/AnchorInput";
import { Mini } from "./fields/ListField";
import { TagsSelect } from "./fields/names";
import { Frame } from "./Frame";

const COLOURS = ["#8c5e58", "#b5802a", "#5b7f4a", "#3d7f83", "#4a6fa5", "#75608f", "#a0567d"];

export function StagePanel({ stage }: { stage: Stage }) {
  const { t } = useTranslation("canvas");
  const catalogue = useCanvas((state) => state.catalogue);
  const lang = useCanvas((state) => state.names.lang);
  const definition = useCanvas(selectDefinition);
  const { run } = useCanvas.getState();
  const set = (part: Partial<Omit<Stage, "id">>, merge = "") =>
    run({ do: "setStage", id: stage.id, set: part }, { mergeKey: `stage:${stage.id}:${merge}` });
  const steps = stepsOf(definition, stage.id).map((step) => ({
    value: step.id,
    label: step.name || kindOf(catalogue, step.kind)?.title[lang] || step.id,
  }));
  return (
    <Frame title={stage.name || stage.id} sign="stage" id={stage.id}>
      <div className="rb-field">
        <label htmlFor="stage-name">{t("field.name")}</label>
        <Input
          id="stage-name"
          value={stage.name}
          maxLength={200}
          onChange={(event) => set({ name: event.target.value }, "name")}
        />
      </div>
      <div className="rb-field">
        <label htmlFor="stage-anchor">{t("stage.anchorTitle")}</label>
        <AnchorInput
          id="stage-anchor"
          value={stage.anchor}
          onChange={(anchor) => set({ anchor }, "anchor")}
          byDefault={t("stage.anchorDefault")}
        />
        <p className="rb-help">{t("stage.anchorHelp")}</p>
      </div>
      <div className="rb-field">
        <label htmlFor="stage-initial">{t("stage.initial")}</label>
        <Select
          id="stage-initial"
          value={stage.initial}
          options={steps}
          allowClear
          placeholder={t("stage.noInitial")}
          style={{ width: "100%" }}
          onChange={(initial?: Id) => set({ initial })}
        />
      </div>
      <div className="rb-field">
        <label htmlFor="stage-tags">{t("stage.tags")}</label>
        <TagsSelect
          id="stage-tags"
          value={stage.tags ?? []}
          onChange={(tags) => set({ tags: tags.length > 0 ? tags : undefined })}
        />
        <p className="rb-help">{t("stage.tagsHelp")}</p>
      </div>
      <div className="rb-field rb-row">
        <Switch
          id="stage-stay"
          checked={stage.stay === true}
          onChange={(stay) => set({ stay: stay || undefined })}
        />
        <label htmlFor="stage-stay">{t("stage.stay")}</label>
      </div>
      <div className="rb-field">
        <span className="rb-label">{t("stage.colour")}</span>
        <div className="rb-row" role="group" aria-label={t("stage.colour")}>
          <Swatch
            colour={null}
            on={!stage.color}
            onPress={() => set({ color: undefined })}
            word={t("stage.noColour")}
          />
          {COLOURS.map((colour, n) => (
            <Swatch
              key={colour}
              colour={colour}
              on={stage.color === colour}
              onPress={() => set({ color: colour })}
              word={`${t("stage.colour")} ${n + 1}`}
            />
          ))}
        </div>
      </div>
      <h3 className="rb-section">{t("stage.arrows")}</h3>
      <p className="rb-help" style={{ marginTop: 0 }}>
        {t("stage.arrowsHelp")}
      </p>
      <ArrowList stage={stage} />
    </Frame>
  );
}

function Swatch({
  colour,
  on,
  onPress,
  word,
}: {
  colour: string | null;
  on: boolean;
  onPress(): void;
  word: string;
}) {
  return (
    <button
      type="button"
      className={`rb-swatch ${on ? "rb-on" : ""}`}
      style={{ background: colour ?? "var(--line-strong)" }}
      aria-label={word}
      aria-pressed={on}
      title={word}
      onClick={onPress}
    />
  );
}

const SIGNS: Record<Reason, string> = { event: "bolt", time: "clock", rule: "rule", done: "done" };

/** The arrows that leave this stage in the order in which they are asked; drag, or press the arrows, to change it. */
function ArrowList({ stage }: { stage: Stage }) {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  const definition = useCanvas(selectDefinition);
  const [dragged, setDragged] = useState<Id | null>(null);
  const [over, setOver] = useState<Id | null>(null);
  const { run, select } = useCanvas.getState();
  const own = definition.arrows.filter(
    (arrow): arrow is StageArrow => isStageArrow(arrow) && sources(arrow).includes(stage.id),
  );
  const any = definition.arrows.filter(
    (arrow): arrow is StageArrow => isStageArrow(arrow) && arrow.from === ANY_STAGE,
  );
  const move = (id: Id, before: Id | null) => run({ do: "reorderArrows", id, before });
  const add = () => {
    const to = definition.stages.find((one) => one.id !== stage.id)?.id ?? definition.ends[0]?.id;
    if (!to) return useCanvas.getState().say("notice.no-such-target");
    const id = freshId(definitionNow(), "a");
    run({ do: "addStageArrow", id, from: stage.id, on: startingArrow(), to }, { select: [id], open: true });
  };
  return (
    <>
      <ol className="rb-list">
        {own.map((arrow, n) => (
          <li
            key={arrow.id}
            draggable
            className={`rb-line-item ${over === arrow.id && dragged !== arrow.id ? "rb-over-drop" : ""}`}
            onDragStart={() => setDragged(arrow.id)}
            onDragEnd={() => {
              setDragged(null);
              setOver(null);
            }}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(arrow.id);
            }}
            onDrop={() => dragged && move(dragged, arrow.id)}
          >
            <span className="rb-grip" aria-hidden="true">
              <Glyph name="grip" size={14} />
            </span>
            <span className="rb-chip-order">{n + 1}</span>
            <Glyph name={SIGNS[reasonOf(arrow.on)]} size={14} />
            <button type="button" className="rb-grow rb-linklike" onClick={() => select([arrow.id], true)}>
              {typeset(sayArrow(arrow, names, stage.anchor))} → {nameOf(definition, arrow.to)}
            </button>
            <Mini
              sign="up"
              word={t("list.up")}
              off={n === 0}
              onPress={() => move(arrow.id, own[n - 1]!.id)}
            />
            <Mini
              sign="down"
              word={t("list.down")}
              off={n === own.length - 1}
              onPress={() => move(arrow.id, own[n + 2]?.id ?? null)}
            />
          </li>
        ))}
      </ol>
      <button type="button" className="rb-line-item" style={{ marginTop: 6 }} onClick={add}>
        ＋ {t("stage.addArrow")}
      </button>
      {any.length > 0 && (
        <p className="rb-help">
          {t("stage.anyAfter", { list: any.map((arrow) => sayArrow(arrow, names)).join("、") })}
        </p>
      )}
    </>
  );
}

export function nameOf(definition: ReturnType<typeof definitionNow>, id: Id): string {
  const found = find(definition, id);
  if (found?.is === "stage") return found.stage.name || id;
  if (found?.is === "end") return found.end.name || id;
  if (found?.is === "step") return found.step.name || id;
  return id;
}
