/** What quiet hours, windows and consent did to messages: how often, on which days, at which steps. */
import { useTranslation } from "react-i18next";

import type { Bite, Simulation } from "../api";
import { typeset } from "../model/words/names";
import { figure } from "../numbers/reading";
import { nameOf } from "../panels/StagePanel";
import { selectDefinition, useCanvas } from "../store";
import { DayBars } from "./charts";
import { usePlay } from "./store";

const TINTS: Record<Bite["act"], string> = {
  held: "var(--kind-time)",
  refused: "var(--bad)",
  late: "var(--warn)",
};

export function Bites({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const lang = useCanvas((state) => state.names.lang);
  const definition = useCanvas(selectDefinition);
  const until = usePlay((state) => Math.floor(state.time));
  const bites = Object.entries(simulation.policies ?? {}).sort(([, a], [, b]) => b.total - a.total);
  if (bites.length === 0) return <p className="rb-good-line">✓ {t("play.card.nothingBites")}</p>;
  return (
    <ul className="rb-bites">
      {bites.map(([key, bite]) => {
        const steps = Object.entries(bite.steps).sort(([, a], [, b]) => b - a);
        const where = steps.map(([id, n]) => `${nameOf(definition, id)} ${figure(n)}`).join("、");
        const said = `${t(`play.act.${bite.act}`)} · ${typeset(bite.words[lang])}`;
        return (
          <li key={key} title={`${said}\n${where}`}>
            <span>
              <em style={{ color: TINTS[bite.act] }}>{t(`play.act.${bite.act}`)}</em>
              {typeset(bite.words[lang])}
            </span>
            <DayBars
              layers={[{ name: key, colour: TINTS[bite.act], days: bite.per_day }]}
              until={until}
              label={said}
            />
            <b className="numbers">
              {figure(bite.total)}
              {simulation.beside && <small> / {figure(simulation.beside.policies?.[key]?.total ?? 0)}</small>}
            </b>
          </li>
        );
      })}
    </ul>
  );
}
