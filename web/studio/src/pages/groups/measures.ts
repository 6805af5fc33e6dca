import type { Measure } from "@/api/groups";

/** A measure as it is read: a share in per cent, an amount as it is, a dash while nothing tells it. */
export function valueText(measure: Pick<Measure, "value" | "unit">): string {
  if (measure.value === null) return "—";
  return measure.unit === "share" ? percent(measure.value) : measure.value.toLocaleString("en-US");
}

export function percent(share: number): string {
  const full = share * 100;
  return `${full > 0 && full < 10 && full % 1 !== 0 ? full.toFixed(1) : Math.round(full)}%`;
}
