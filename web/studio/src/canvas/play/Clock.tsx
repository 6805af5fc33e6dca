/** The clock of a simulation: play, pause, one day on, how fast, which day. */
import { Slider } from "antd";
import { useTranslation } from "react-i18next";

import { useLanguage } from "@/parts/language";

import { Glyph } from "../look/Glyph";
import { figure } from "../numbers/reading";
import { SPEEDS, usePlay, type Speed } from "./store";
import { enteredUntil, messagesUntil } from "./trips";

export function Clock() {
  const { t } = useTranslation("canvas");
  const lang = useLanguage();
  const simulation = usePlay((state) => state.simulation)!;
  const day = usePlay((state) => Math.floor(state.time));
  const time = usePlay((state) => Math.round(state.time * 10) / 10);
  const running = usePlay((state) => state.running);
  const speed = usePlay((state) => state.speed);
  const { seek, run, setSpeed } = usePlay.getState();
  const date = new Date(Date.parse(simulation.start) + day * 86_400_000);
  const said = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", {
    month: "short",
    day: "numeric",
    weekday: "short",
  }).format(date);
  return (
    <>
      <button
        type="button"
        className="rb-tool rb-play-go"
        title={t(running ? "play.pause" : "play.play")}
        aria-label={t(running ? "play.pause" : "play.play")}
        onClick={() => run(!running)}
      >
        <Glyph name={running ? "pause" : "play"} size={18} />
      </button>
      <button
        type="button"
        className="rb-tool"
        title={t("play.step")}
        aria-label={t("play.step")}
        onClick={() => {
          run(false);
          seek(day + 1);
        }}
      >
        <Glyph name="step" size={18} />
      </button>
      <b className="rb-play-day numbers">{t("play.day", { day })}</b>
      <span className="rb-quiet rb-play-date">{said}</span>
      <Slider
        className="rb-play-slider"
        min={0}
        max={simulation.days.length}
        step={0.1}
        value={time}
        tooltip={{ formatter: (n) => t("play.day", { day: Math.floor(n ?? 0) }) }}
        onChange={(next) => {
          run(false);
          seek(next);
        }}
        aria-label={t("play.day", { day })}
      />
      <span className="rb-quiet">{t("play.of", { days: simulation.days.length })}</span>
      <span className="rb-speeds" role="group" aria-label={t("play.speed")}>
        {SPEEDS.map((one: Speed) => (
          <button
            key={one}
            type="button"
            className={`rb-tool ${one === speed ? "rb-on" : ""}`}
            aria-pressed={one === speed}
            onClick={() => setSpeed(one)}
          >
            {one}×
          </button>
        ))}
      </span>
      <span className="numbers">
        {t("play.entered")} <b>{figure(enteredUntil(simulation, day))}</b>
      </span>
      <span className="numbers">
        {t("play.messages")} <b>{figure(messagesUntil(simulation, day))}</b>
      </span>
    </>
  );
}
