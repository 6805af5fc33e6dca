import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Segment } from "@/api/segments";

/** Segments to choose from, each with how many people are in it. */
export function useSegmentOptions(segments: Segment[] | undefined): { value: string; label: string }[] {
  const { t } = useTranslation();
  return useMemo(
    () =>
      (segments ?? []).map((one) => ({
        value: one.key,
        label: t("segments.sized", { name: one.name, count: one.count.toLocaleString("en-US") }),
      })),
    [segments, t],
  );
}
