/** How the numbers of two versions compare, in a table. */
import { useTranslation } from "react-i18next";

import type { VersionNumbers } from "@/api/changing";

import type { Definition } from "../model/definition";

const figure = (n: number) => n.toLocaleString("en-US");
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, n) => all + n, 0);

interface Row {
  word: string;
  /** What is shown, and the share or rate by which two versions can be held against each other. */
  cells: { text: string; rate: number | null }[];
}

export function Numbers({ versions, definition }: { versions: VersionNumbers[]; definition: Definition }) {
  const { t } = useTranslation("canvas");
  const share = (part: number, one: VersionNumbers) => (one.entered > 0 ? part / one.entered : null);
  const withShare = (part: number, one: VersionNumbers) => {
    const rate = share(part, one);
    return { text: rate === null ? figure(part) : `${figure(part)} (${percent(rate)})`, rate };
  };
  const results = [...new Set(versions.flatMap((one) => Object.keys(one.ended)))];
  const sent = (one: VersionNumbers) => sum(one.messages);
  const rows: Row[] = [
    { word: t("compare.entered"), cells: versions.map((one) => ({ text: figure(one.entered), rate: null })) },
    { word: t("compare.inside"), cells: versions.map((one) => withShare(one.inside, one)) },
    ...definition.goals.map((goal) => ({
      word: t("compare.goal", { name: goal.name }),
      cells: versions.map((one) => {
        const rate = one.goals[goal.id]?.rate ?? null;
        return { text: rate === null ? "—" : percent(rate), rate };
      }),
    })),
    { word: t("compare.messages"), cells: versions.map((one) => ({ text: figure(sent(one)), rate: null })) },
    {
      word: t("compare.perHead"),
      cells: versions.map((one) => {
        const rate = share(sent(one), one);
        return { text: rate === null ? "—" : rate.toFixed(1), rate };
      }),
    },
    ...results.map((result) => ({
      word: t("compare.ended", { result: t(`result.${result}`, { defaultValue: result }) }),
      cells: versions.map((one) => withShare(one.ended[result] ?? 0, one)),
    })),
  ];
  return (
    <>
      <table className="rb-compare-numbers">
        <thead>
          <tr>
            <td />
            {versions.map((one) => (
              <th key={one.number} scope="col">
                v{one.number}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ word, cells }) => (
            <tr key={word}>
              <th scope="row">{word}</th>
              {cells.map((cell, n) => (
                <td key={n} className={`numbers ${betterThan(cells, n)}`}>
                  {cell.text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="rb-help">{t("compare.firstOnly")}</p>
    </>
  );
}

/** Only that a rate is the higher one is said, not that this is good: of the lost it is not. */
function betterThan(cells: Row["cells"], n: number): string {
  const rates = cells.map((cell) => cell.rate);
  if (rates.some((rate) => rate === null) || rates.length < 2) return "";
  return rates[n] === Math.max(...(rates as number[])) && new Set(rates).size > 1 ? "rb-higher" : "";
}
