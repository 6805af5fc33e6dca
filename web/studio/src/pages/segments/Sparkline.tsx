import css from "./Segments.module.css";

const WIDTH = 96;
const HEIGHT = 26;
const EDGE = 2;

/** How a number went, day by day; the words beside it say the same. */
export function Sparkline({ days }: { days: readonly number[] }) {
  const low = Math.min(...days);
  const span = Math.max(...days) - low;
  const step = days.length > 1 ? (WIDTH - 2 * EDGE) / (days.length - 1) : 0;
  const height = (value: number) =>
    span === 0 ? HEIGHT / 2 : HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE);
  const points = days.map((value, day) => `${(EDGE + day * step).toFixed(1)},${height(value).toFixed(1)}`);
  const last = days.length - 1;
  return (
    <svg
      className={css.spark}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      {days.length > 1 && <polyline points={points.join(" ")} />}
      {last >= 0 && <circle cx={EDGE + last * step} cy={height(days[last] ?? 0)} r="2" />}
    </svg>
  );
}
