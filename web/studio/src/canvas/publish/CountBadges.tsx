/** How many stand at each node now and would stand there after, on the canvas itself. */
import { memo, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { sizesFor } from "../flow/sizes";
import { boxOf } from "../model/geometry";
import { useCanvas } from "../store";
import { useDrawn, useReview } from "./review";

const figure = (n: number) => n.toLocaleString("en-US");

export const CountBadges = memo(function CountBadges() {
  const counts = useReview((state) => state.counts);
  return counts ? <Badges /> : null;
});

function Badges() {
  const { t } = useTranslation("canvas");
  const definition = useDrawn();
  const counts = useReview((state) => state.counts)!;
  const catalogue = useCanvas((state) => state.catalogue);
  const lang = useCanvas((state) => state.names.lang);
  const badges = useMemo(() => {
    const sizeOf = sizesFor(definition, catalogue, lang);
    return [...new Set([...Object.keys(counts.before), ...Object.keys(counts.after)])].flatMap((id) => {
      const before = counts.before[id] ?? 0;
      const after = counts.after[id] ?? 0;
      const box = boxOf(definition, id, sizeOf);
      return box && (before > 0 || after > 0) ? [{ id, before, after, x: box.x + box.w, y: box.y }] : [];
    });
  }, [definition, catalogue, lang, counts]);
  return (
    <>
      {badges.map(({ id, before, after, x, y }) => (
        <span
          key={id}
          className={`rb-badge ${before === after ? "" : after > before ? "rb-badge-more" : "rb-badge-less"}`}
          style={{ transform: `translate(${x}px, ${y}px) translate(-100%, -60%)` }}
          title={t("move.badge", { before: figure(before), after: figure(after) })}
        >
          {before === after ? figure(before) : `${figure(before)} → ${figure(after)}`}
        </span>
      ))}
    </>
  );
}
