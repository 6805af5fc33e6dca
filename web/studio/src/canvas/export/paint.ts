/** The colours of a picture: those of the page, written into it, since a picture stands alone. */

const NAMES = [
  "paper",
  "sheet",
  "sheet-2",
  "line",
  "line-strong",
  "ink",
  "ink-2",
  "ink-3",
  "brand",
  "brand-soft",
  "kind-time",
  "kind-time-soft",
  "kind-choice",
  "kind-choice-soft",
  "kind-reach",
  "kind-reach-soft",
  "kind-people",
  "kind-people-soft",
  "kind-data",
  "kind-data-soft",
] as const;

export type Colour = (typeof NAMES)[number];
export interface Paint {
  family: string;
  /** A note's own paper and ink; it is the one thing that is yellow. */
  note: { paper: string; line: string; ink: string };
  of(colour: Colour): string;
  /** A kind's colour and its soft ground; what has no kind wears the house's. */
  group(group: string): { kind: string; soft: string };
}

export function paintWith(read: (name: string) => string, dark: boolean): Paint {
  const known = new Map<string, string>(NAMES.map((name) => [name, read(`--${name}`)]));
  const of = (name: string) => known.get(name) || "#888888";
  return {
    family: read("--font") || "sans-serif",
    note: dark
      ? { paper: "#3b3520", line: "#5c5231", ink: "#efe3b4" }
      : { paper: "#fdf5cf", line: "#e3d18a", ink: "#4b3f12" },
    of,
    group: (group) =>
      known.has(`kind-${group}`)
        ? { kind: of(`kind-${group}`), soft: of(`kind-${group}-soft`) }
        : { kind: of("brand"), soft: of("brand-soft") },
  };
}

export function paintOfPage(): Paint {
  const style = getComputedStyle(document.documentElement);
  return paintWith(
    (name) => style.getPropertyValue(name).trim(),
    document.documentElement.dataset.theme === "dark",
  );
}
