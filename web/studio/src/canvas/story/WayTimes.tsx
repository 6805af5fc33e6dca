/** When somebody came through each step, on the canvas itself. */
import { useTranslation } from "react-i18next";

import { exact, minute } from "@/parts/dates";

import { sizesFor } from "../flow/sizes";
import { boxOf } from "../model/geometry";
import { findStep } from "../model/lookup";
import { useDrawn } from "../publish/review";
import { useCanvas } from "../store";
import { useStops } from "./stops";

/** Month, day and time of a local minute such as `2026-03-02 10:00`. */
const YEAR = 5;

export function WayTimes() {
  const { t } = useTranslation("canvas");
  const stops = useStops((state) => state.stops);
  const definition = useDrawn();
  const catalogue = useCanvas((state) => state.catalogue);
  const lang = useCanvas((state) => state.names.lang);
  if (stops.size === 0) return null;
  const sizeOf = sizesFor(definition, catalogue, lang);
  return [...stops].flatMap(([id, stop]) => {
    const box = findStep(definition, id) && boxOf(definition, id, sizeOf);
    if (!box) return [];
    return (
      <span
        key={id}
        className="rb-badge rb-stop"
        style={{ transform: `translate(${box.x + box.w}px, ${box.y}px) translate(-96%, -62%)` }}
        title={`${exact(stop.at)}${stop.visits > 1 ? ` · ${t("people.visits", { count: stop.visits })}` : ""}`}
      >
        <i>{stop.n}</i>
        {minute(stop.at).slice(YEAR)}
      </span>
    );
  });
}
