/** Ctrl+K: finds a stage, step, arrow or end by its words and brings it into view. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSight } from "../flow/sight";
import { Glyph } from "../look/Glyph";
import { isStageArrow } from "../model/definition";
import { kindOf } from "../model/kinds";
import { findStage } from "../model/lookup";
import { sayArrow, sayEntry } from "../model/words/arrow";
import { typeset } from "../model/words/names";
import { sayStep } from "../model/words/step";
import { selectDefinition, useCanvas } from "../store";

interface Hit {
  id: string;
  title: string;
  line: string;
  icon: string;
  look: string;
}
const MOST = 40;

export function FindBox() {
  const finding = useCanvas((state) => state.finding);
  return finding ? <Box /> : null;
}

function Box() {
  const { t } = useTranslation("canvas");
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { show } = useSight();
  const all = useEverything();
  const wanted = text.trim().toLowerCase();
  const hits = all
    .filter((hit) => `${hit.title} ${hit.line} ${hit.id}`.toLowerCase().includes(wanted))
    .slice(0, MOST);
  const close = () => useCanvas.getState().setFinding(false);
  const take = (hit: Hit | undefined) => {
    close();
    if (!hit) return;
    useCanvas.getState().select([hit.id], true);
    show([hit.id]);
  };
  return (
    <div className="rb-menu rb-find rb-over" role="dialog" aria-label={t("find.title")}>
      <input
        autoFocus
        value={text}
        placeholder={t("find.placeholder")}
        aria-label={t("find.title")}
        role="combobox"
        aria-expanded="true"
        aria-controls="rb-found"
        onBlur={close}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") close();
          if (event.key === "Enter") take(hits[at]);
          if (event.key === "ArrowDown") setAt(Math.min(at + 1, hits.length - 1));
          if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
        }}
      />
      <ul id="rb-found" role="listbox" aria-label={t("find.title")}>
        {hits.map((hit, n) => (
          <li
            key={hit.id}
            role="option"
            aria-selected={n === at}
            className={`rb-group-${hit.look}`}
            onMouseDown={() => take(hit)}
            onMouseMove={() => setAt(n)}
          >
            <span className="rb-sign">
              <Glyph name={hit.icon} group={hit.look} />
            </span>
            <span className="rb-grow">
              {hit.title} <span className="rb-quiet">{hit.line}</span>
            </span>
          </li>
        ))}
        {hits.length === 0 && <li className="rb-menu-group">{t("find.none")}</li>}
      </ul>
    </div>
  );
}

function useEverything(): Hit[] {
  const definition = useCanvas(selectDefinition);
  const catalogue = useCanvas((state) => state.catalogue);
  const names = useCanvas((state) => state.names);
  return useMemo(() => {
    const stages = definition.stages.map((stage): Hit => ({
      id: stage.id,
      title: stage.name,
      line: "",
      icon: "stage",
      look: "flow",
    }));
    const steps = definition.steps.map((step): Hit => {
      const kind = kindOf(catalogue, step.kind);
      return {
        id: step.id,
        title: step.name || kind?.title[names.lang] || step.kind,
        line: typeset(sayStep(step, kind, names, findStage(definition, step.stage)?.anchor)),
        icon: kind?.icon ?? "",
        look: kind?.group ?? "flow",
      };
    });
    const arrows = definition.arrows.filter(isStageArrow).map((arrow): Hit => ({
      id: arrow.id,
      title: sayArrow(arrow, names),
      line: "→",
      icon: "rule",
      look: "flow",
    }));
    const ends = definition.ends.map((end): Hit => ({
      id: end.id,
      title: end.name,
      line: end.result,
      icon: "end",
      look: "flow",
    }));
    const entries = definition.entries.map((entry): Hit => ({
      id: entry.id,
      title: sayEntry(entry, names),
      line: "",
      icon: "flag",
      look: "flow",
    }));
    return [...stages, ...steps, ...entries, ...ends, ...arrows];
  }, [definition, catalogue, names]);
}
