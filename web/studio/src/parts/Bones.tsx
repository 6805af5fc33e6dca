import css from "./Bones.module.css";

interface BonesProps {
  rows: number;
  /** A heavier first line of this width, where a heading will stand. */
  heading?: number | string;
}

/** Grey lines where words will stand: the shape of what is still loading. */
export function Bones({ rows, heading }: BonesProps) {
  return (
    <div className={css.bones} aria-hidden="true">
      {heading !== undefined && <span className={css.heading} style={{ width: heading }} />}
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className={css.bone} />
      ))}
    </div>
  );
}
