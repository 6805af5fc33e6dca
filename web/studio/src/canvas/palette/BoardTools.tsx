/** The tools at the canvas's lower edge: zoom, fit, find, full screen, keys. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { fullScreen } from "../acts";
import { useCamera } from "../flow/camera";
import { useSight } from "../flow/sight";
import { keysOf, shownKeys } from "../keyboard";
import { Glyph } from "../look/Glyph";
import { useCanvas } from "../store";

export function BoardTools() {
  const { t } = useTranslation("canvas");
  const sight = useSight();
  const { setFinding, setShowingKeys } = useCanvas.getState();
  return (
    <div className="rb-float rb-float-left rb-over" role="toolbar" aria-label={t("keys.zoom")}>
      <Tool word="zoomOut" sign="minus" run={() => sight.zoomBy(1 / 1.25)} />
      <ZoomSaid onPress={() => sight.zoomTo(1)} />
      <Tool word="zoomIn" sign="plus" run={() => sight.zoomBy(1.25)} />
      <Tool word="fit" sign="fit" run={sight.fit} />
      <Tool word="fullScreen" sign="screen" run={fullScreen} />
      <Tool word="find" sign="search" run={() => setFinding(true)} />
      <Tool word="keys" sign="keys" run={() => setShowingKeys(true)} />
    </div>
  );
}

function Tool({ word, sign, run }: { word: string; sign: string; run(): void }) {
  const { t } = useTranslation("canvas");
  return (
    <button
      type="button"
      className="rb-tool"
      aria-label={t(`keys.${word}`)}
      title={`${t(`keys.${word}`)} ${shownKeys(keysOf(word) ?? "")}`}
      onClick={run}
    >
      <Glyph name={sign} size={18} />
    </button>
  );
}

/** How large things are seen; written by hand, since it changes with every turn of the wheel. */
function ZoomSaid({ onPress }: { onPress(): void }) {
  const { t } = useTranslation("canvas");
  const camera = useCamera();
  const text = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      camera.watch(({ zoom }) => {
        if (text.current) text.current.textContent = `${Math.round(zoom * 100)}%`;
      }),
    [camera],
  );
  return (
    <button type="button" className="rb-tool rb-zoom numbers" title={t("keys.asDrawn")} onClick={onPress}>
      <span ref={text} />
    </button>
  );
}
