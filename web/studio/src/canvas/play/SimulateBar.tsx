/** The bar under the canvas: invents contacts, plays them over virtual days, and tells what came of it. */
import { Alert, Button, InputNumber, Slider, Spin } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import { useLanguage } from "@/parts/language";

import { simulate, type SimulationWish } from "../api";
import { Glyph } from "../look/Glyph";
import { definitionNow, selectDefinition, useCanvas } from "../store";
import { Outcome } from "./Outcome";
import { SPEEDS, startClock, usePlay, type Speed } from "./store";
import { enteredUntil, eventsHeard, messagesUntil } from "./trips";

const FIRST_WISH: SimulationWish = { contacts: 500, days: 60, seed: 1, chances: {} };
const USUAL_CHANCE = 0.3;

export function SimulateBar() {
  const { t } = useTranslation("canvas");
  const simulation = usePlay((state) => state.simulation);
  const [wish, setWish] = useState(FIRST_WISH);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    const stop = startClock();
    return () => {
      stop();
      usePlay.getState().stop();
    };
  }, []);
  const run = async () => {
    const { journey } = useCanvas.getState();
    if (!journey) return;
    setBusy(true);
    setFailed(null);
    try {
      const definition = definitionNow();
      usePlay.getState().load(await simulate(journey.id, definition, wish), definition);
    } catch (problem) {
      setFailed(problem instanceof Error ? problem.message : String(problem));
    } finally {
      setBusy(false);
    }
  };
  const [search, setSearch] = useSearchParams();
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || !search.has("simulate")) return;
    begun.current = true;
    setSearch({}, { replace: true });
    void run();
  });
  const close = () => useCanvas.getState().setPlaying(false);
  return (
    <section className="rb-play rb-over" aria-label={t("play.title")}>
      <div className="rb-play-row">
        <strong>{t("play.title")}</strong>
        {simulation && !busy ? (
          <Clock />
        ) : (
          <span className="rb-quiet">
            {busy ? (
              <>
                <Spin size="small" /> {t("play.running")}
              </>
            ) : (
              t("play.hint")
            )}
          </span>
        )}
        <button
          type="button"
          className="rb-mini"
          title={t("play.close")}
          aria-label={t("play.close")}
          onClick={close}
        >
          <Glyph name="close" />
        </button>
      </div>
      {failed && <Alert type="error" title={failed} showIcon style={{ margin: "6px 0" }} />}
      <div className="rb-play-row rb-play-wish">
        <WishForm wish={wish} onChange={setWish} />
        <Button type={simulation ? "default" : "primary"} loading={busy} onClick={() => void run()}>
          {t(simulation ? "play.again" : "play.run")}
        </Button>
        {simulation && <Outcome simulation={simulation} />}
      </div>
    </section>
  );
}

function WishForm({ wish, onChange }: { wish: SimulationWish; onChange(wish: SimulationWish): void }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const names = useCanvas((state) => state.names);
  const events = useMemo(() => eventsHeard(definition), [definition]);
  return (
    <>
      <label>
        {t("play.contacts")}{" "}
        <InputNumber
          min={1}
          max={5000}
          step={100}
          value={wish.contacts}
          style={{ width: 92 }}
          onChange={(n) => onChange({ ...wish, contacts: n ?? 100 })}
        />
      </label>
      <label>
        {t("play.days")}{" "}
        <InputNumber
          min={1}
          max={365}
          value={wish.days}
          style={{ width: 76 }}
          onChange={(n) => onChange({ ...wish, days: n ?? 30 })}
        />
      </label>
      {events.length > 0 && (
        <details className="rb-chances">
          <summary>{t("play.chances")}</summary>
          <div>
            {events.map((event) => (
              <label key={event}>
                <span>{names.event(event)}</span>
                <Slider
                  min={0}
                  max={95}
                  value={Math.round((wish.chances[event] ?? USUAL_CHANCE) * 100)}
                  onChange={(percent) =>
                    onChange({ ...wish, chances: { ...wish.chances, [event]: percent / 100 } })
                  }
                />
                <span className="numbers">
                  {t("play.chance", { percent: Math.round((wish.chances[event] ?? USUAL_CHANCE) * 100) })}
                </span>
              </label>
            ))}
          </div>
        </details>
      )}
    </>
  );
}

function Clock() {
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
  const figure = (n: number) => n.toLocaleString("en-US");
  return (
    <>
      <button
        type="button"
        className="rb-tool"
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
