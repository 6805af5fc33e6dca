/** The sums of a simulation; with a second drawing a table: this one, the other, the difference. */
import { useTranslation } from "react-i18next";

import type { Simulation } from "../api";
import type { Definition } from "../model/definition";
import { figure, isLoss } from "../numbers/reading";
import { selectDefinition, useCanvas } from "../store";
import { usePlay } from "./store";

export interface SumRow {
  key: string;
  /** The text's key and what stands in it, or the text itself. */
  word: string;
  of: (one: Simulation) => number;
  /** Shown as a share of those who entered. */
  share?: boolean;
  /** More is better (1), worse (-1) or neither (0). */
  good: 1 | 0 | -1;
}

/** What can be compared of two simulations, in the order in which it is shown. */
export function sumRows(
  one: Simulation,
  definition: Definition,
  say: (key: string, fall?: string) => string,
): SumRow[] {
  const other = one.beside;
  const keys = (pick: (s: Simulation) => Record<string, number> | undefined) => [
    ...new Set([...Object.keys(pick(one) ?? {}), ...Object.keys((other && pick(other)) ?? {})]),
  ];
  const goals = keys((s) => s.goals).map((id): SumRow => ({
    key: `goal ${id}`,
    word: definition.goals.find((goal) => goal.id === id)?.name || say("play.goal"),
    of: (s) => s.goals?.[id] ?? 0,
    share: true,
    good: 1,
  }));
  const ended = keys((s) => s.ended).map((result): SumRow => ({
    key: `ended ${result}`,
    word: say(`result.${result}`, result),
    of: (s) => s.ended?.[result] ?? 0,
    share: true,
    good: isLoss(result) ? -1 : result === "converted" ? 1 : 0,
  }));
  return [
    { key: "entered", word: say("play.entered"), of: (s) => s.entered, good: 0 },
    { key: "messages", word: say("play.messages"), of: (s) => s.messages, good: 0 },
    ...goals,
    ...ended,
    { key: "held", word: say("play.held"), of: (s) => s.held ?? 0, good: -1 },
    { key: "skipped", word: say("play.skipped"), of: (s) => s.skipped ?? 0, good: -1 },
  ];
}

export function Sums({ simulation }: { simulation: Simulation }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  const version = usePlay((state) => state.beside);
  const say = (key: string, fall?: string) => t(key, fall === undefined ? {} : { defaultValue: fall });
  const rows = sumRows(simulation, definition, say);
  const other = simulation.beside;
  if (!other)
    return (
      <dl className="rb-play-facts">
        {rows.map((row) => (
          <div key={row.key}>
            <dt>{row.word}</dt>
            <dd className="numbers">{shown(row, simulation)}</dd>
          </div>
        ))}
      </dl>
    );
  return (
    <table className="rb-compare-sums numbers">
      <thead>
        <tr>
          <th />
          <th className="rb-mine">{t("play.thisDraft")}</th>
          <th className="rb-theirs">{t("numbers.version", { n: version ?? "" })}</th>
          <th>{t("play.difference")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">{row.word}</th>
            <td>{shown(row, simulation)}</td>
            <td>{shown(row, other)}</td>
            <Difference row={row} one={simulation} other={other} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Difference({ row, one, other }: { row: SumRow; one: Simulation; other: Simulation }) {
  const by = row.share ? shareOf(row, one) - shareOf(row, other) : row.of(one) - row.of(other);
  const tone = by === 0 || row.good === 0 ? "" : by > 0 === row.good > 0 ? "rb-better" : "rb-worse";
  const size = row.share ? `${Math.abs(by).toFixed(1)}%` : figure(Math.abs(by));
  const none = row.share ? Math.abs(by) < 0.05 : by === 0;
  return <td className={none ? "rb-quiet" : tone}>{none ? "＝" : `${by > 0 ? "+" : "−"}${size}`}</td>;
}

const shareOf = (row: SumRow, one: Simulation): number =>
  one.entered > 0 ? (100 * row.of(one)) / one.entered : 0;

const shown = (row: SumRow, one: Simulation): string =>
  row.share ? `${figure(row.of(one))} · ${shareOf(row, one).toFixed(1)}%` : figure(row.of(one));
