/** What came of a simulation: the funnel, messages per day, and what bit. */
import { useTranslation } from "react-i18next";

import type { Simulation } from "../api";
import { find } from "../model/lookup";
import { nameOf } from "../panels/StagePanel";
import { selectDefinition, useCanvas } from "../store";
import { usePlay } from "./store";

const figure = (n: number) => n.toLocaleString("en-US");
const percent = (part: number, whole: number) =>
  whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)}%`;

export function Outcome({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const goals = Object.entries(simulation.goals ?? {});
  const unreached = (simulation.unreached ?? []).filter((id) => find(definition, id));
  return (
    <>
      <Funnel simulation={simulation} />
      <PerDay simulation={simulation} />
      <div className="rb-play-end">
        <dl className="rb-play-facts">
          {goals.map(([id, count]) => (
            <Fact
              key={id}
              word={definition.goals.find((goal) => goal.id === id)?.name || t("play.goal")}
              value={percent(count, simulation.entered)}
            />
          ))}
          <Fact word={t("play.held")} value={figure(simulation.held ?? 0)} />
          <Fact word={t("play.skipped")} value={figure(simulation.skipped ?? 0)} />
          {Object.entries(simulation.ended ?? {}).map(([result, count]) => (
            <Fact key={result} word={t(`result.${result}`, { defaultValue: result })} value={figure(count)} />
          ))}
        </dl>
        {unreached.length > 0 && (
          <span
            className="rb-play-unreached"
            title={unreached.map((id) => nameOf(definition, id)).join("、")}
          >
            {t("play.unreached", {
              names:
                unreached
                  .slice(0, 3)
                  .map((id) => nameOf(definition, id))
                  .join("、") + (unreached.length > 3 ? "…" : ""),
            })}
          </span>
        )}
      </div>
    </>
  );
}

const Fact = ({ word, value }: { word: string; value: string }) => (
  <div>
    <dt>{word}</dt>
    <dd className="numbers">{value}</dd>
  </div>
);

function Funnel({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const most = Math.max(1, ...simulation.funnel.map((one) => one.reached));
  return (
    <figure className="rb-funnel" aria-label={t("play.funnel")}>
      <figcaption>{t("play.funnel")}</figcaption>
      {simulation.funnel.map(({ stage, reached }) => (
        <div
          key={stage}
          title={`${nameOf(definition, stage)} ${figure(reached)}（${percent(reached, simulation.entered)}）`}
        >
          <span>{nameOf(definition, stage)}</span>
          <i style={{ width: `${(100 * reached) / most}%` }} />
          <b className="numbers">{figure(reached)}</b>
        </div>
      ))}
    </figure>
  );
}

function PerDay({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const day = usePlay((state) => Math.floor(state.time));
  const most = Math.max(1, ...simulation.messages_per_day);
  return (
    <figure className="rb-perday" aria-label={t("play.perDay")}>
      <figcaption>
        {t("play.perDay")} <span className="numbers">≤ {figure(most)}</span>
      </figcaption>
      <div>
        {simulation.messages_per_day.map((count, n) => (
          <i
            key={n}
            className={n < day ? "rb-on" : ""}
            style={{ height: `${Math.max(2, (100 * count) / most)}%` }}
            title={`${t("play.day", { day: n + 1 })} ${figure(count)}`}
          />
        ))}
      </div>
    </figure>
  );
}
