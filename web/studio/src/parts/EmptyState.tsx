import type { ReactNode } from "react";

import css from "./EmptyState.module.css";

interface EmptyStateProps {
  title: string;
  /** What this is and why one would want it. */
  children?: ReactNode;
  /** One button, the next thing to do. */
  action?: ReactNode;
  picture?: "road" | "people" | "letters" | "cards";
}

/** An empty page that teaches: what this is, one picture, one button. */
export function EmptyState({ title, children, action, picture = "road" }: EmptyStateProps) {
  return (
    <section className={css.empty}>
      <Picture of={picture} />
      <h2 className={css.title}>{title}</h2>
      {children && <p className={css.words}>{children}</p>}
      {action && <div className={css.action}>{action}</div>}
    </section>
  );
}

const drawings = {
  road: (
    <>
      <path className={css.way} d="M24 96c40 0 34-56 78-56s38 44 84 26" />
      <circle className={css.stop} cx="24" cy="96" r="7" />
      <circle className={css.stop} cx="102" cy="40" r="7" />
      <circle className={css.here} cx="186" cy="66" r="9" />
      <path className={css.thin} d="M186 57V28l20 7-20 8" />
    </>
  ),
  people: (
    <>
      <rect className={css.card} x="26" y="30" width="70" height="72" rx="9" />
      <rect className={css.card} x="114" y="30" width="70" height="72" rx="9" />
      <circle className={css.here} cx="61" cy="56" r="11" />
      <circle className={css.stop} cx="149" cy="56" r="11" />
      <path className={css.thin} d="M44 84h34M132 84h34" />
    </>
  ),
  letters: (
    <>
      <rect className={css.card} x="62" y="12" width="86" height="104" rx="13" />
      <rect className={css.bubble} x="74" y="34" width="52" height="20" rx="6" />
      <rect className={css.bubble} x="74" y="62" width="62" height="30" rx="6" />
    </>
  ),
  cards: (
    <>
      <rect className={css.card} x="20" y="34" width="76" height="62" rx="9" />
      <rect className={css.card} x="114" y="34" width="76" height="62" rx="9" />
      <path className={css.way} d="M34 78h48M128 78h48" />
      <path className={css.thin} d="M34 54h30M128 54h38" />
    </>
  ),
};

function Picture({ of }: { of: keyof typeof drawings }) {
  return (
    <svg className={css.picture} viewBox="0 0 210 128" aria-hidden="true">
      {drawings[of]}
    </svg>
  );
}
