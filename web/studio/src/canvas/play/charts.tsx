/** Small charts of our own: bars by day in layers, bars by name. Each has a table's worth of words for readers. */
import { figure } from "../numbers/reading";

export interface Layered {
  name: string;
  colour: string;
  days: readonly number[];
}

const WIDTH = 300;
const HEIGHT = 72;

/** Bars by day, layers on one another; days after `until` are pale. Scaled to `most`, its own peak by default. */
export function DayBars(props: { layers: readonly Layered[]; until: number; most?: number; label: string }) {
  const { layers, until, label } = props;
  const days = Math.max(0, ...layers.map((one) => one.days.length));
  const most = Math.max(1, props.most ?? peak(layers));
  const step = WIDTH / Math.max(1, days);
  const width = Math.max(0.6, step - (step > 3 ? 1 : 0.2));
  return (
    <svg
      className="rb-days"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {Array.from({ length: days }, (_, day) => {
        let top = HEIGHT;
        return (
          <g key={day} opacity={day < until ? 1 : 0.28}>
            {layers.map(({ name, colour, days: counts }) => {
              const tall = ((counts[day] ?? 0) / most) * (HEIGHT - 2);
              if (tall <= 0) return null;
              top -= tall;
              return <rect key={name} x={day * step} y={top} width={width} height={tall} fill={colour} />;
            })}
          </g>
        );
      })}
      <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className="rb-days-ground" />
    </svg>
  );
}

/** The tallest day of all layers together. */
export function peak(layers: readonly Layered[]): number {
  const days = Math.max(0, ...layers.map((one) => one.days.length));
  let most = 0;
  for (let day = 0; day < days; day += 1)
    most = Math.max(
      most,
      layers.reduce((sum, one) => sum + (one.days[day] ?? 0), 0),
    );
  return most;
}

export interface Bar {
  id: string;
  name: string;
  n: number;
  /** The same in the other drawing. */
  other?: number;
  title?: string;
}

/** Bars by name, with the other drawing's beneath if there is one. */
export function NameBars({ bars, onPress }: { bars: readonly Bar[]; onPress?(id: string): void }) {
  const most = Math.max(1, ...bars.flatMap((bar) => [bar.n, bar.other ?? 0]));
  return (
    <ul className="rb-bars">
      {bars.map(({ id, name, n, other, title }) => (
        <li key={id} title={title}>
          {onPress ? (
            <button type="button" onClick={() => onPress(id)}>
              {name}
            </button>
          ) : (
            <span>{name}</span>
          )}
          <i className={other === undefined ? "" : "rb-bars-two"}>
            <s style={{ width: `${(100 * n) / most}%` }} />
            {other !== undefined && <s className="rb-other" style={{ width: `${(100 * other) / most}%` }} />}
          </i>
          <b className="numbers">
            {figure(n)}
            {other !== undefined && <small> / {figure(other)}</small>}
          </b>
        </li>
      ))}
    </ul>
  );
}
