import { useTranslation } from "react-i18next";

import type { Trip } from "@/api/guards";

/** Why a guard tripped, in a sentence. */
export function useTripWords(): (trip: Pick<Trip, "touches" | "hits" | "rule">) => string {
  const { t } = useTranslation();
  return ({ touches, hits, rule }) =>
    t(`guards.because.${rule.measure}`, {
      touches,
      hits,
      percent: touches > 0 ? Math.round((1000 * hits) / touches) / 10 : 0,
      limit: rule.percent,
      hours: rule.within_hours,
    });
}
