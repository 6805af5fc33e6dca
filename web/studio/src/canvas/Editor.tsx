/** The editor's frame: head, palette, canvas, side panel, simulation. */
import { App, Button } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { Tray } from "@/parts/Tray";

import "./canvas.css";
import "./compare/compare.css";
import { CompareView } from "./compare/CompareView";
import { ConflictView } from "./conflict/ConflictView";
import "./conflict/conflict.css";
import { startClipboard } from "./clipboard";
import { Board } from "./flow/Board";
import { useCamera } from "./flow/camera";
import { useSight } from "./flow/sight";
import { Head } from "./head/Head";
import { startKeyboard } from "./keyboard";
import "./look/frame.css";
import { KeysList } from "./look/KeysList";
import { NumbersBar } from "./numbers/NumbersBar";
import { addWhereItFits } from "./palette/addWhereItFits";
import { BoardTools } from "./palette/BoardTools";
import { ContextMenu } from "./palette/ContextMenu";
import { FindBox } from "./palette/FindBox";
import { ManyBar } from "./palette/ManyBar";
import { Ghost, Palette } from "./palette/Palette";
import { QuickPick } from "./palette/QuickPick";
import { SidePanel } from "./panels/SidePanel";
import { SimulateBar } from "./play/SimulateBar";
import { CountBadges } from "./publish/CountBadges";
import "./publish/publish.css";
import { useReview } from "./publish/review";
import "./story/story.css";
import { WayTimes } from "./story/WayTimes";
import { useCanvas } from "./store";

export function Editor() {
  const area = useRef<HTMLDivElement>(null);
  const readOnly = useCanvas((state) => state.readOnly);
  const playing = useCanvas((state) => state.playing);
  const reviewing = useReview((state) => state.counts !== null);
  useKeys();
  useRevealSelected(area);
  return (
    <div className="rb-editor">
      <div className="rb-editor-head">
        <Head />
        <NumbersBar />
      </div>
      {readOnly ? <span /> : <Palette />}
      <div className={`rb-stagearea ${reviewing ? "rb-reviewing" : ""}`} ref={area}>
        <Board>
          <CountBadges />
          <WayTimes />
        </Board>
        <EmptyCanvas />
        <BoardTools />
        <ManyBar />
        <Tray on="canvas" />
        <FindBox />
        <SidePanel />
      </div>
      {playing && (
        <div className="rb-editor-foot">
          <SimulateBar />
        </div>
      )}
      <CompareView />
      <ConflictView />
      <QuickPick />
      <ContextMenu />
      <Ghost />
      <Notices />
      <KeysList />
    </div>
  );
}

function useKeys() {
  const sight = useSight();
  const camera = useCamera();
  useEffect(() => {
    const stopKeys = startKeyboard(sight);
    const middle = () => camera.toCanvas({ x: window.innerWidth / 2, y: window.innerHeight / 2 });
    const stopClipboard = startClipboard(middle);
    return () => {
      stopKeys();
      stopClipboard();
    };
  }, [sight, camera]);
}

/** The selected card must not lie under the panel that opens for it. */
function useRevealSelected(area: React.RefObject<HTMLDivElement | null>) {
  const sight = useSight();
  const selected = useCanvas((state) => (state.selection.length === 1 ? state.selection[0] : undefined));
  const opened = useCanvas((state) => state.side !== null);
  useEffect(() => {
    const box = area.current?.getBoundingClientRect();
    if (selected && opened && box) sight.reveal(selected, box);
  }, [selected, opened, sight, area]);
}

function EmptyCanvas() {
  const { t } = useTranslation("canvas");
  const empty = useCanvas(({ history: { present }, tool }) => {
    const drawn = present.stages.length + present.ends.length + present.notes.length;
    return drawn === 0 && tool.name === "idle";
  });
  const readOnly = useCanvas((state) => state.readOnly);
  if (!empty || readOnly) return null;
  return (
    <div className="rb-empty">
      <div className="rb-empty-card">
        <h2>{t("empty.title")}</h2>
        <p>{t("empty.what")}</p>
        <Button type="primary" size="large" onClick={() => addWhereItFits({ what: "stage" })}>
          {t("empty.addStage")}
        </Button>
        <Link to="/templates">{t("empty.fromTemplate")}</Link>
      </div>
    </div>
  );
}

/** Short words on what just happened, with a way back where there is one. */
function Notices() {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const notice = useCanvas((state) => state.notice);
  useEffect(() => {
    if (!notice) return;
    // The same word said again takes the place of the one before.
    const key = `notice-${notice.key}`;
    const undo = () => {
      useCanvas.getState().undo();
      message.destroy(key);
    };
    const content = (
      <span>
        {t(notice.key, notice.values)}
        {notice.undo && (
          <Button type="link" size="small" onClick={undo}>
            {t("notice.undo")}
          </Button>
        )}
      </span>
    );
    void message.open({
      key,
      type: notice.undo ? "success" : "info",
      content,
      duration: notice.undo ? 6 : 3,
    });
  }, [notice, message, t]);
  return null;
}
