import css from "./StageStrip.module.css";

/** The stages of a journey in a row, each a stop on the road. */
export function StageStrip({ names, label }: { names: string[]; label: string }) {
  return (
    <ol className={css.strip} aria-label={label}>
      {names.map((name, index) => (
        <li key={index} className={css.stage} title={name}>
          <span>{name}</span>
        </li>
      ))}
    </ol>
  );
}
