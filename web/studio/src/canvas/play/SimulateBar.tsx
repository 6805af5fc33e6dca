/** The bar under the canvas: whom to play, the clock, and what came of it. */
import { Alert, Button, Spin } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import { simulate, type Simulation, type SimulationWish } from "../api";
import { Glyph } from "../look/Glyph";
import { figure } from "../numbers/reading";
import { definitionNow, useCanvas } from "../store";
import { Clock } from "./Clock";
import { Outcome } from "./Outcome";
import "./play.css";
import { startClock, usePlay } from "./store";
import { useTooMuch, WishForm } from "./Wish";

const FIRST_WISH: SimulationWish = {
  contacts: 500,
  days: 60,
  seed: 1,
  chances: {},
  from: { kind: "invented" },
};

export function SimulateBar() {
  const { t } = useTranslation("canvas");
  const simulation = usePlay((state) => state.simulation);
  const [wish, setWish] = useState(FIRST_WISH);
  const [open, setOpen] = useState(true);
  const tooMuch = useTooMuch(wish);
  const { busy, failed, run } = useRun(wish);
  useEffect(() => {
    const stop = startClock();
    return () => {
      stop();
      usePlay.getState().stop();
    };
  }, []);
  useAsked(run);
  const close = () => useCanvas.getState().setPlaying(false);
  return (
    <section className="rb-play rb-over" aria-label={t("play.title")}>
      <div className="rb-play-row">
        <strong>{t("play.title")}</strong>
        {simulation && !busy ? <Clock /> : <Hint busy={busy} />}
        <span className="rb-play-ends">
          {simulation && (
            <button type="button" className="rb-tool" aria-expanded={open} onClick={() => setOpen(!open)}>
              {t(open ? "play.less" : "play.more")}
            </button>
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
        </span>
      </div>
      <div className="rb-play-row rb-play-wish">
        <WishForm wish={wish} onChange={setWish} />
        <Button
          type="primary"
          ghost={simulation !== null}
          loading={busy}
          disabled={tooMuch !== null}
          onClick={() => void run()}
        >
          {t(simulation ? "play.again" : "play.run")}
        </Button>
        {tooMuch ? (
          <span className="rb-wrong">{tooMuch}</span>
        ) : (
          simulation && <Whom simulation={simulation} />
        )}
      </div>
      {failed && <Alert type="error" title={failed} showIcon />}
      {simulation && open && <Outcome simulation={simulation} />}
    </section>
  );
}

function useRun(wish: SimulationWish) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const run = async () => {
    const { journey } = useCanvas.getState();
    if (!journey) return;
    setBusy(true);
    setFailed(null);
    try {
      const definition = definitionNow();
      const told = await simulate(journey.id, definition, wish);
      usePlay.getState().load(told, definition, wish.beside?.version ?? null);
    } catch (problem) {
      setFailed(problem instanceof Error ? problem.message : String(problem));
    } finally {
      setBusy(false);
    }
  };
  return { busy, failed, run };
}

/** A link may ask for a simulation at once. */
function useAsked(run: () => Promise<void>) {
  const [search, setSearch] = useSearchParams();
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || !search.has("simulate")) return;
    begun.current = true;
    setSearch({}, { replace: true });
    void run();
  });
}

function Hint({ busy }: { busy: boolean }) {
  const { t } = useTranslation("canvas");
  return (
    <span className="rb-quiet">
      {busy ? (
        <>
          <Spin size="small" /> {t("play.running")}
        </>
      ) : (
        t("play.hint")
      )}
    </span>
  );
}

/** Whom was played, and whether all of it was. */
function Whom({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const { people, cut } = simulation;
  return (
    <span className="rb-quiet">
      {people && t(`play.whom.${people.kind}`, { taken: figure(people.taken), of: figure(people.of) })}
      {cut && <b className="rb-play-cut"> {t("play.cut", { days: cut })}</b>}
    </span>
  );
}
