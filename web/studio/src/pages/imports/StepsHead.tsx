import css from "./Imports.module.css";

/** Where one is in a few steps. */
export function StepsHead({ titles, at }: { titles: string[]; at: number }) {
  return (
    <ol className={css.steps}>
      {titles.map((title, index) => (
        <li
          key={title}
          className={index < at ? css.stepDone : index === at ? css.stepNow : css.step}
          aria-current={index === at ? "step" : undefined}
        >
          <span className={css.stepNumber}>{index + 1}</span>
          {title}
        </li>
      ))}
    </ol>
  );
}
