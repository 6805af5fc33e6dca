import { useLanguage } from "./language";

import { durationWords } from "./duration";

/** A duration in the reader's words. */
export function DurationText({ iso }: { iso: string }) {
  return <span>{durationWords(iso, useLanguage())}</span>;
}
