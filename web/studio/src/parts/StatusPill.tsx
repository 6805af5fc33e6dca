import type { ReactNode } from "react";

import css from "./StatusPill.module.css";

export type Tone = "good" | "quiet" | "warn" | "bad" | "brand";

/** A state in a word; the dot's shape of filling says it without colour too. */
export function StatusPill({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`${css.pill} ${css[tone]}`}>
      <span className={css.dot} aria-hidden="true" />
      {children}
    </span>
  );
}
