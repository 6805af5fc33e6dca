import { useId, type ReactNode } from "react";

import css from "./Card.module.css";

interface CardProps {
  title: string;
  /** At the other end of the title's line. */
  aside?: ReactNode;
  children: ReactNode;
}

/** A part of a profile under its own name. */
export function Card({ title, aside, children }: CardProps) {
  const id = useId();
  return (
    <section className={css.card} aria-labelledby={id}>
      <header className={css.head}>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
