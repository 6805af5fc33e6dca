import { useId, useMemo, type MouseEvent, type Ref } from "react";
import { useTranslation } from "react-i18next";

import type { Overlap } from "@/api/segments";

import css from "./Segments.module.css";
import { circlesOf, insideOf, roomiest, type Circle } from "./venn";

const WIDTH = 640;
const HEIGHT = 420;
const MARGIN = 44;
/** A region with less room has its number beside it in the table only. */
const ROOM_FOR_A_NUMBER = 11;

interface VennProps {
  overlap: Overlap;
  /** The region that is looked at, as `regionId` writes it. */
  chosen: string | null;
  onChoose: (inside: string[]) => void;
  label: string;
  drawing: Ref<SVGSVGElement>;
}

export const regionId = (inside: readonly string[]): string => [...inside].sort().join("&");

/** Two or three segments as circles; a click chooses the region under it. The table beside it does the same. */
export function Venn({ overlap, chosen, onChoose, label, drawing }: VennProps) {
  const { i18n } = useTranslation();
  const keys = overlap.segments.map((one) => one.key);
  const circles = useMemo(
    () =>
      circlesOf(
        overlap.segments.map((one) => one.key),
        overlap.regions,
        WIDTH - 2 * MARGIN,
        HEIGHT - 2 * MARGIN,
      ).map((one) => ({ ...one, x: one.x + MARGIN, y: one.y + MARGIN })),
    [overlap],
  );
  const choose = (event: MouseEvent<SVGSVGElement>) => {
    const frame = event.currentTarget.getBoundingClientRect();
    const scale = WIDTH / frame.width;
    const at = { x: (event.clientX - frame.left) * scale, y: (event.clientY - frame.top) * scale };
    const inside = insideOf(circles, at);
    if (inside.length > 0) onChoose(inside);
  };
  return (
    <svg
      ref={drawing}
      className={css.venn}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      onClick={choose}
      lang={i18n.language}
    >
      {circles.map((one, place) => (
        <circle key={one.key} cx={one.x} cy={one.y} r={one.r} className={css[`set${place}`]} />
      ))}
      {chosen !== null && <Chosen circles={circles} inside={chosen.split("&")} />}
      {circles.map((one, place) => (
        <Name key={one.key} circle={one} others={circles} name={overlap.segments[place]!.name} />
      ))}
      {overlap.regions.map((region) => {
        const at = roomiest(circles, region.inside);
        if (!at || at.room < ROOM_FOR_A_NUMBER || region.count === 0) return null;
        return (
          <text key={regionId(region.inside)} x={at.x} y={at.y + 6} className={css.vennCount}>
            {region.count.toLocaleString("en-US")}
          </text>
        );
      })}
      <desc>{keys.join(", ")}</desc>
    </svg>
  );
}

/** The name of a circle stands outside of it, away from the others. */
function Name({ circle, others, name }: { circle: Circle; others: readonly Circle[]; name: string }) {
  const middle = others.reduce((sum, one) => sum + one.x, 0) / others.length;
  const below = others.length > 2 && circle.y > HEIGHT / 2 + 1;
  const y = below ? Math.min(HEIGHT - 10, circle.y + circle.r + 22) : Math.max(20, circle.y - circle.r - 10);
  const x = Math.min(WIDTH - 70, Math.max(70, circle.x + (circle.x - middle) * 0.25));
  const short = name.length > 16 ? `${name.slice(0, 15)}…` : name;
  return (
    <text x={x} y={y} className={css.vennName}>
      {short}
    </text>
  );
}

/** The chosen region itself: what lies in all of its circles and in none of the others. */
function Chosen({ circles, inside }: { circles: readonly Circle[]; inside: readonly string[] }) {
  const id = useId().replace(/[^A-Za-z0-9]/g, "");
  const own = circles.filter((one) => inside.includes(one.key));
  const others = circles.filter((one) => !inside.includes(one.key));
  const whole = <rect width={WIDTH} height={HEIGHT} className={css.chosen} mask={`url(#${id}m)`} />;
  return (
    <>
      <defs>
        <mask id={`${id}m`}>
          <rect width={WIDTH} height={HEIGHT} fill="white" />
          {others.map((one) => (
            <circle key={one.key} cx={one.x} cy={one.y} r={one.r} fill="black" />
          ))}
        </mask>
        {own.map((one, place) => (
          <clipPath key={one.key} id={`${id}c${place}`}>
            <circle cx={one.x} cy={one.y} r={one.r} />
          </clipPath>
        ))}
      </defs>
      {own.reduce(
        (drawn, one, place) => (
          <g key={one.key} clipPath={`url(#${id}c${place})`}>
            {drawn}
          </g>
        ),
        whole,
      )}
    </>
  );
}
