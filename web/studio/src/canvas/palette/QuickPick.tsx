/** What comes next? A short list at the pointer after a "+" or an arrow let go over nothing. All of it by keyboard too. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { arrowTo, plantAtEnd, type Planting } from "../flow/planting";
import { Glyph } from "../look/Glyph";
import type { Definition } from "../model/definition";
import { deskOf } from "../state/viewing";
import { selectDefinition, useCanvas } from "../store";
import type { ArrowStart, PickingNext } from "../tools/types";
import { useSeeds } from "./seeds";

interface Choice {
  key: string;
  group: string;
  title: string;
  icon: string;
  look: string;
  make(): Planting | null;
}

export function QuickPick() {
  const tool = useCanvas((state) => state.tool);
  return tool.name === "picking" ? <Menu tool={tool} /> : null;
}

function Menu({ tool }: { tool: PickingNext }) {
  const { t } = useTranslation("canvas");
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const choices = useChoices(tool);
  const shown = choices.filter((choice) => choice.title.toLowerCase().includes(text.trim().toLowerCase()));
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    void list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const close = () => useCanvas.getState().send({ type: "cancel" });
  const take = (choice: Choice | undefined) => {
    const made = choice?.make();
    close();
    if (made) useCanvas.getState().run(made.commands, { select: [made.id], open: true });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    else if (event.key === "Enter") take(shown[at]);
    else if (event.key === "ArrowDown") setAt((n) => Math.min(n + 1, shown.length - 1));
    else if (event.key === "ArrowUp") setAt((n) => Math.max(n - 1, 0));
    else return;
    event.preventDefault();
  };
  const left = Math.min(tool.screen.x + 8, window.innerWidth - 284);
  const top = Math.max(8, Math.min(tool.screen.y - 20, window.innerHeight - 416));
  return (
    <div className="rb-menu rb-over" style={{ left, top }} role="dialog" aria-label={t("next.title")}>
      <input
        autoFocus
        value={text}
        placeholder={t("next.title")}
        aria-label={t("next.title")}
        role="combobox"
        aria-expanded="true"
        aria-controls="rb-next"
        aria-activedescendant={shown[at] ? `rb-next-${shown[at].key}` : undefined}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul ref={list} id="rb-next" role="listbox" aria-label={t("next.title")}>
        {shown.map((choice, n) => (
          <Row
            key={choice.key}
            choice={choice}
            head={choice.group !== shown[n - 1]?.group}
            on={n === at}
            onTake={() => take(choice)}
            onHover={() => setAt(n)}
          />
        ))}
        {shown.length === 0 && <li className="rb-menu-group">{t("find.none")}</li>}
      </ul>
    </div>
  );
}

function Row(props: { choice: Choice; head: boolean; on: boolean; onTake: () => void; onHover: () => void }) {
  const { choice, head, on, onTake, onHover } = props;
  return (
    <>
      {head && (
        <li className="rb-menu-group" role="presentation">
          {choice.group}
        </li>
      )}
      <li
        id={`rb-next-${choice.key}`}
        role="option"
        aria-selected={on}
        className={`rb-group-${choice.look}`}
        onClick={onTake}
        onMouseMove={onHover}
      >
        <span className="rb-sign">
          <Glyph name={choice.icon} group={choice.look} />
        </span>
        <span className="rb-grow">{choice.title}</span>
      </li>
    </>
  );
}

const KINDS_OF_THING = new Set(["step", "stage", "end"]);

/** New things first, then what is there already and could be led to. */
function useChoices(tool: PickingNext): Choice[] {
  const { t } = useTranslation("canvas");
  const groups = useSeeds();
  const definition = useCanvas(selectDefinition);
  return useMemo(() => {
    const desk = () => deskOf(useCanvas.getState());
    const fresh = groups.flatMap((group) =>
      group.seeds
        .filter(
          ({ plant }) =>
            KINDS_OF_THING.has(plant.what) && !(tool.start.from === "entry" && plant.what === "end"),
        )
        .map((seed): Choice => ({
          key: seed.key,
          group: t("next.new"),
          title: seed.title,
          icon: seed.icon,
          look: seed.group,
          make: () => plantAtEnd(desk(), tool.start, seed.plant, tool.at),
        })),
    );
    const steps = fresh.filter((choice) => choice.key.startsWith("kind"));
    const others = fresh.filter((choice) => !choice.key.startsWith("kind"));
    const ordered = tool.start.from === "exit" ? [...steps, ...others] : [...others, ...steps];
    return [...ordered, ...existing(definition, tool.start, t("next.existing"), () => desk())];
  }, [groups, definition, tool, t]);
}

function existing(
  definition: Definition,
  start: ArrowStart,
  group: string,
  desk: () => ReturnType<typeof deskOf>,
): Choice[] {
  const to = (key: string, title: string, icon: string): Choice => ({
    key,
    group,
    title,
    icon,
    look: "flow",
    make: () => arrowTo(desk(), start, key),
  });
  return [
    ...definition.stages.map((stage) => to(stage.id, stage.name || stage.id, "stage")),
    ...definition.ends.map((end) => to(end.id, end.name || end.id, "end")),
    ...definition.steps
      .filter((step) => start.from !== "exit" || step.id !== start.step)
      .map((step) => to(step.id, step.name || step.id, "")),
  ];
}
