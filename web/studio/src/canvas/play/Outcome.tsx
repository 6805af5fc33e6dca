/** What came of a simulation, as small cards beside one another; with a second drawing, numbers beside numbers. */
import { type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Simulation } from "../api";
import { useSight } from "../flow/sight";
import { find } from "../model/lookup";
import type { Id } from "../model/definition";
import { figure, percent } from "../numbers/reading";
import { nameOf } from "../panels/StagePanel";
import { selectDefinition, useCanvas } from "../store";
import { Bites } from "./Bites";
import { DayBars, NameBars, peak, type Layered } from "./charts";
import { hasRewards, Rewards } from "./Rewards";
import { Sums } from "./Sums";
import { usePlay } from "./store";

/** A carrier's colour; the same in every chart. */
const COLOURS = ["#2d7a4b", "#2f6fb0", "#c27a12", "#7a55c2", "#14727a", "#b2475e", "#6b7280"];
const MOST_RESTING = 6;

export function Outcome({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const { beside } = simulation;
  return (
    <div className="rb-play-cards">
      <Card title={t(beside ? "play.card.compare" : "play.card.sums")} className="rb-card-sums">
        <Sums simulation={simulation} />
      </Card>
      <Card title={t("play.funnel")}>
        <Funnel simulation={simulation} />
      </Card>
      <Messages simulation={simulation} />
      <Tasks simulation={simulation} />
      {hasRewards(simulation) && (
        <Card title={t("play.card.rewards")} help={t("play.card.rewardsHelp")}>
          <Rewards simulation={simulation} />
        </Card>
      )}
      <Card title={t("play.card.resting")} help={t("play.card.restingHelp")}>
        <Resting simulation={simulation} />
      </Card>
      <Card title={t("play.card.bites")} help={t("play.card.bitesHelp")}>
        <Bites simulation={simulation} />
      </Card>
      <Card title={t("play.card.unreached")} help={t("play.card.unreachedHelp")}>
        <Unreached simulation={simulation} />
      </Card>
    </div>
  );
}

function Card(props: {
  title: string;
  help?: string;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const { title, help, aside, className = "", children } = props;
  return (
    <figure className={`rb-card ${className}`} aria-label={title}>
      <figcaption title={help}>
        <span>{title}</span>
        {aside}
      </figcaption>
      <div className="rb-card-body">{children}</div>
    </figure>
  );
}

function Funnel({ simulation }: { simulation: Simulation }) {
  const definition = useCanvas(selectDefinition);
  const other = new Map(simulation.beside?.funnel.map((one) => [one.stage, one.reached]));
  const bars = simulation.funnel.map(({ stage, reached }) => ({
    id: stage,
    name: nameOf(definition, stage),
    n: reached,
    other: simulation.beside ? (other.get(stage) ?? 0) : undefined,
    title: `${nameOf(definition, stage)} ${figure(reached)}（${percent(reached, simulation.entered)}）`,
  }));
  return <NameBars bars={bars} />;
}

function Messages({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  const until = usePlay((state) => Math.floor(state.time));
  const carriers = [
    ...new Set([
      ...Object.keys(simulation.carriers_per_day ?? {}),
      ...Object.keys(simulation.beside?.carriers_per_day ?? {}),
    ]),
  ].sort();
  const layersOf = (one: Simulation): Layered[] =>
    carriers.map((carrier, n) => ({
      name: carrier,
      colour: COLOURS[n % COLOURS.length]!,
      days: one.carriers_per_day?.[carrier] ?? [],
    }));
  const mine = layersOf(simulation);
  const theirs = simulation.beside ? layersOf(simulation.beside) : null;
  const most = Math.max(1, peak(mine), theirs ? peak(theirs) : 0);
  const legend = (
    <span className="rb-legend">
      {mine.map(({ name, colour, days }) => (
        <span key={name}>
          <i style={{ background: colour }} />
          {names.carrier(name)} <b className="numbers">{figure(days.reduce((sum, n) => sum + n, 0))}</b>
        </span>
      ))}
    </span>
  );
  return (
    <Card
      title={t("play.perDay")}
      aside={<small className="numbers">≤ {figure(most)}</small>}
      className="rb-card-days"
    >
      {legend}
      <DayBars layers={mine} until={until} most={most} label={t("play.perDay")} />
      {theirs && <DayBars layers={theirs} until={until} most={most} label={t("play.perDay")} />}
    </Card>
  );
}

function Tasks({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const until = usePlay((state) => Math.floor(state.time));
  const days = simulation.tasks_per_day ?? [];
  const total = days.reduce((sum, n) => sum + n, 0);
  if (total === 0) return null;
  const layers = [{ name: "tasks", colour: "var(--kind-people)", days }];
  return (
    <Card
      title={t("play.card.tasks")}
      aside={<small className="numbers">{figure(total)}</small>}
      className="rb-card-days"
    >
      <DayBars layers={layers} until={until} label={t("play.card.tasks")} />
    </Card>
  );
}

/** Where people stand at the end: who rests in a stage, and the steps at which most wait. */
function Resting({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const go = useGo();
  const resting = Object.entries(simulation.resting ?? {}).map(([id, n]) => ({
    id,
    n,
    name: t("play.restsIn", { name: nameOf(definition, id) }),
    other: simulation.beside ? (simulation.beside.resting?.[id] ?? 0) : undefined,
  }));
  const waiting = definition.steps
    .map(({ id }) => ({
      id,
      n: simulation.nodes[id]?.here ?? 0,
      name: nameOf(definition, id),
      other: simulation.beside ? (simulation.beside.nodes[id]?.here ?? 0) : undefined,
    }))
    .filter((one) => one.n > 0);
  const bars = [...resting, ...waiting].sort((a, b) => b.n - a.n).slice(0, MOST_RESTING);
  if (bars.length === 0) return <p className="rb-quiet">{t("play.card.nobodyRests")}</p>;
  return <NameBars bars={bars} onPress={go} />;
}

function Unreached({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const go = useGo();
  const ids = (simulation.unreached ?? []).filter((id) => find(definition, id));
  if (ids.length === 0) return <p className="rb-good-line">✓ {t("play.card.allReached")}</p>;
  return (
    <div className="rb-play-chips">
      {ids.map((id) => (
        <button key={id} type="button" onClick={() => go(id)}>
          {nameOf(definition, id)}
        </button>
      ))}
    </div>
  );
}

/** Looks at a node. */
function useGo(): (id: Id) => void {
  const { show } = useSight();
  return (id) => {
    useCanvas.getState().select([id]);
    show([id]);
  };
}
