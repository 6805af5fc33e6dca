import { strokeOf } from "./strokes";

export function Glyph({ name, group, size = 16 }: { name: string; group?: string; size?: number }) {
  const heavy = name === "grip";
  return (
    <svg
      className="rb-glyph"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={heavy ? 2.4 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={strokeOf(name, group)} />
    </svg>
  );
}
