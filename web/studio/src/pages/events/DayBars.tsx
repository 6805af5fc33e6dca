import css from "./Events.module.css";

const HEIGHT = 26;
const BAR = 3;
const GAP = 1;

/** How many a day, as small bars, today last; `label` says the sum in words. */
export function DayBars({ days, label }: { days: readonly number[]; label: string }) {
  const most = Math.max(1, ...days);
  const width = days.length * (BAR + GAP);
  return (
    <svg className={css.bars} width={width} height={HEIGHT} role="img" aria-label={label}>
      {days.map((count, day) => {
        const height = count === 0 ? 1 : Math.max(2, (HEIGHT * count) / most);
        return (
          <rect
            key={day}
            className={count === 0 ? css.none : css.bar}
            x={day * (BAR + GAP)}
            y={HEIGHT - height}
            width={BAR}
            height={height}
          />
        );
      })}
    </svg>
  );
}
