/** What can be done with several things at once: line up, spread, tidy, duplicate, remove. */
import { useTranslation } from "react-i18next";

import { alignSelection, placed, tidy } from "../acts";
import { duplicate } from "../clipboard";
import { keysOf, shownKeys } from "../keyboard";
import { Glyph } from "../look/Glyph";
import { ALIGNMENTS, SPREADS, leastFor } from "../model/align";
import { useCanvas } from "../store";

export function ManyBar() {
  const { t } = useTranslation("canvas");
  const selection = useCanvas((state) => state.selection);
  const readOnly = useCanvas((state) => state.readOnly);
  const busy = useCanvas((state) => state.tool.name !== "idle");
  if (selection.length < 2 || readOnly || busy) return null;
  const count = placed(selection).size;
  return (
    <div
      className="rb-float rb-many rb-over"
      role="toolbar"
      aria-label={t("many.title", { count: selection.length })}
    >
      <span className="rb-many-count">{t("many.title", { count: selection.length })}</span>
      {ALIGNMENTS.map((how) => (
        <Tool
          key={how}
          word={how}
          sign={`align-${how}`}
          off={count < leastFor(how)}
          run={() => alignSelection(how)}
        />
      ))}
      <span className="rb-rule" />
      {SPREADS.map((how) => (
        <Tool
          key={how}
          word={how}
          sign={`align-${how}`}
          off={count < leastFor(how)}
          run={() => alignSelection(how)}
        />
      ))}
      <span className="rb-rule" />
      <Tool word="tidy" sign="tidy" run={tidy} />
      <Tool word="duplicate" sign="copy" run={() => duplicate(useCanvas.getState().selection)} />
      <Tool
        word="remove"
        sign="bin"
        run={() => useCanvas.getState().remove(useCanvas.getState().selection)}
      />
    </div>
  );
}

function Tool({ word, sign, off, run }: { word: string; sign: string; off?: boolean; run(): void }) {
  const { t } = useTranslation("canvas");
  const keys = keysOf(word);
  return (
    <button
      type="button"
      className="rb-tool"
      disabled={off}
      title={`${t(`keys.${word}`)}${keys ? ` ${shownKeys(keys)}` : ""}`}
      aria-label={t(`keys.${word}`)}
      onClick={run}
    >
      <Glyph name={sign} size={18} />
    </button>
  );
}
