import css from "./Wordmark.module.css";

/** The product's sign: a road that turns between two stops. */
export function Wordmark({ name, note }: { name: string; note?: string }) {
  return (
    <span className={css.mark}>
      <svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" className={css.ground} />
        <path className={css.road} d="M9 24c0-6 14-5 14-10a4 4 0 0 0-4-4h-3" />
        <circle cx="9" cy="24" r="2.6" className={css.begin} />
        <circle cx="13" cy="10" r="2.6" className={css.end} />
      </svg>
      <span className={css.words}>
        <strong>{name}</strong>
        {note && <small title={note}>{note}</small>}
      </span>
    </span>
  );
}
