import { useDimensions } from "@/api/tiers";

import css from "./Tiers.module.css";

/** The levels of a customer as small marks, by the names that the workspace has given; scores are left out. */
export function TierMarks({ tiers }: { tiers: Record<string, string> }) {
  const { data } = useDimensions();
  return (data ?? [])
    .filter((one) => one.kind !== "score" && tiers[one.key])
    .map((one) => {
      const level = one.levels.find((level) => level.key === tiers[one.key]);
      return (
        <span key={one.key} className={css.chip} style={{ borderColor: level?.color || undefined }}>
          {one.name} · {level?.name ?? tiers[one.key]}
        </span>
      );
    });
}
