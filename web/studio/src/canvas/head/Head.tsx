/** The bar over the canvas: where one is, what state it is in, and what can be done with the whole. */
import { Dropdown } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { rename } from "../api";
import { tidy } from "../acts";
import { ExportMenu } from "../export/ExportMenu";
import { Glyph } from "../look/Glyph";
import type { Layer } from "../state/types";
import { useCanvas } from "../store";
import { PublishButton } from "./Publish";
import { SaveMark } from "./SaveMark";

export function Head() {
  return (
    <header className="rb-head rb-over">
      <Title />
      <SaveMark />
      <UndoRedo />
      <Tools />
      <Checks />
      <PublishButton />
    </header>
  );
}

function Title() {
  const { t } = useTranslation("canvas");
  const journey = useCanvas((state) => state.journey);
  const inside = useCanvas((state) => state.numbers?.inside ?? state.journey?.inside ?? 0);
  const readOnly = useCanvas((state) => state.readOnly);
  const [typed, setTyped] = useState<string | null>(null);
  if (!journey) return null;
  const keep = async () => {
    const name = typed?.trim();
    setTyped(null);
    if (name && name !== journey.name) useCanvas.getState().setJourney(await rename(journey.id, name));
  };
  const live = journey.live_version;
  return (
    <div className="rb-head-title">
      <Link to="/journeys" className="rb-tool" aria-label={t("head.back")} title={t("head.back")}>
        <Glyph name="back" size={18} />
      </Link>
      <input
        className="rb-head-name"
        value={typed ?? journey.name}
        readOnly={readOnly}
        aria-label={t("head.name")}
        maxLength={120}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => void keep()}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setTyped(null);
        }}
      />
      <span className="rb-head-status">
        {live
          ? t(`head.${journey.status === "paused" ? "paused" : "live"}`, { version: live.number })
          : t("head.draft")}
        {live && (
          <>
            {" "}
            <b className="numbers">{inside.toLocaleString("en-US")}</b> {t("head.people")}
          </>
        )}
      </span>
    </div>
  );
}

function UndoRedo() {
  const { t } = useTranslation("canvas");
  const undoing = useCanvas((state) => state.history.past.at(-1)?.label);
  const redoing = useCanvas((state) => state.history.future[0]?.label);
  const readOnly = useCanvas((state) => state.readOnly);
  const { undo, redo } = useCanvas.getState();
  if (readOnly) return null;
  const said = (word: string, label: string | undefined) =>
    label ? `${t(word)} · ${t(`did.${label}`)}` : t(word);
  return (
    <>
      <button
        type="button"
        className="rb-tool"
        disabled={!undoing}
        onClick={undo}
        title={said("head.undo", undoing)}
        aria-label={said("head.undo", undoing)}
      >
        <Glyph name="undo" size={18} />
      </button>
      <button
        type="button"
        className="rb-tool"
        disabled={!redoing}
        onClick={redo}
        title={said("head.redo", redoing)}
        aria-label={said("head.redo", redoing)}
      >
        <Glyph name="redo" size={18} />
      </button>
      <button
        type="button"
        className="rb-tool"
        onClick={tidy}
        title={t("head.tidyHelp")}
        aria-label={t("head.tidy")}
      >
        <Glyph name="tidy" size={18} />
      </button>
      <span className="rb-rule" />
    </>
  );
}

function Checks() {
  const { t } = useTranslation("canvas");
  const { error, warning } = useCanvas((state) => state.problems.counts);
  const checked = useCanvas((state) => state.problems.of !== null);
  const on = useCanvas((state) => state.side === "problems");
  const wrong = error + warning > 0;
  return (
    <button
      type="button"
      className={`rb-tool ${on ? "rb-on" : ""}`}
      aria-pressed={on}
      onClick={() => useCanvas.getState().setSide(on ? null : "problems")}
      aria-label={
        wrong ? t("head.checkSaid", { error, warning }) : t(checked ? "head.checkGood" : "head.check")
      }
    >
      <span>{t("head.check")}</span>
      <span aria-hidden="true" className="rb-checks">
        {error > 0 && <b className="rb-bad-count" data-said={`● ${error}`} />}
        {warning > 0 && <b className="rb-warn-count" data-said={`▲ ${warning}`} />}
        {checked && !wrong && <b className="rb-good">✓</b>}
      </span>
    </button>
  );
}

const LAYERS: Layer[] = ["off", "here", "passed", "share", "median", "loss"];

function Tools() {
  const { t } = useTranslation("canvas");
  const side = useCanvas((state) => state.side);
  const layer = useCanvas((state) => state.layer);
  const playing = useCanvas((state) => state.playing);
  const live = useCanvas((state) => state.journey?.live_version != null);
  const { setSide, setLayer, setPlaying } = useCanvas.getState();
  const toggle = (wanted: "versions" | "settings" | "goals" | "whatif") => () =>
    setSide(side === wanted ? null : wanted);
  const layers = LAYERS.map((key) => ({ key, label: t(`numbers.${key}`) }));
  return (
    <>
      <button
        type="button"
        className={`rb-tool ${side === "settings" ? "rb-on" : ""}`}
        onClick={toggle("settings")}
        title={t("head.settings")}
        aria-label={t("head.settings")}
      >
        <Glyph name="gear" size={18} />
      </button>
      <button
        type="button"
        className={`rb-tool ${side === "goals" ? "rb-on" : ""}`}
        onClick={toggle("goals")}
        title={t("head.goals")}
        aria-label={t("head.goals")}
      >
        <Glyph name="target" size={18} />
      </button>
      <button
        type="button"
        className={`rb-tool ${side === "versions" ? "rb-on" : ""}`}
        onClick={toggle("versions")}
        title={t("head.versions")}
        aria-label={t("head.versions")}
      >
        <Glyph name="history" size={18} />
      </button>
      <ExportMenu />
      <span className="rb-rule" />
      <button
        type="button"
        className={`rb-tool ${playing ? "rb-on" : ""}`}
        aria-pressed={playing}
        onClick={() => setPlaying(!playing)}
      >
        <Glyph name="play" />
        <span>{t("head.simulate")}</span>
      </button>
      <button
        type="button"
        className={`rb-tool ${side === "whatif" ? "rb-on" : ""}`}
        onClick={toggle("whatif")}
        title={t("whatIf.open")}
        aria-label={t("whatIf.open")}
      >
        <Glyph name="person" size={18} />
      </button>
      <Dropdown
        trigger={["click"]}
        disabled={!live}
        menu={{
          items: layers,
          selectable: true,
          selectedKeys: [layer],
          onClick: ({ key }) => setLayer(LAYERS.find((one) => one === key) ?? "off"),
        }}
      >
        <button
          type="button"
          className={`rb-tool ${layer === "off" ? "" : "rb-on"}`}
          disabled={!live}
          title={live ? undefined : t("numbers.notYet")}
        >
          <Glyph name="eye" />
          <span>{t("head.numbers")} ▾</span>
        </button>
      </Dropdown>
    </>
  );
}
