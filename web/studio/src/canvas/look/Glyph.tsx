/** The canvas's signs: one stroke on 20 × 20. A kind names its own; one that we lack is drawn as its group's. */
const STROKES: Record<string, string> = {
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.300l2.800 1.700",
  bolt: "M11 2.500 4.500 11.500H10l-1 6 6.500-9H10z",
  ear: "M6 8a4 4 0 0 1 8 0c0 3-3 3.500-3 6a2.300 2.300 0 0 1-4.300 1M8.500 8a1.500 1.500 0 0 1 3 0",
  branch: "M10 3v4M10 7l5 5-5 5-5-5zM2.500 12H5M15 12h2.500",
  split: "M10 3v5M10 8 5 13v4M10 8l5 5v4",
  send: "M3 9.500 17 3.500l-4.500 13.500-3-6zM9.500 11 17 3.500",
  message: "M3.500 4.500h13v9.500h-7.500l-3.500 3v-3h-2zM7 8h6M7 10.800h4",
  person: "M10 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 17c.5-3.500 3-5 6-5s5.500 1.500 6 5",
  tag: "M3.500 3.500h6l7 7-6 6-7-7zM6.800 6.800h.01",
  edit: "M4 16l.8-3.500L13.500 3.800l2.700 2.700L7.500 15.200zM11.800 5.500l2.700 2.700",
  target: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  enter: "M8.500 4H16v12H8.500M3.500 10H12M9 7l3 3-3 3",
  flag: "M5 17V3.500M5 4h9.500l-2 3 2 3H5",
  stage: "M3.500 4.500h13v11h-13zM3.500 8h13",
  end: "M10 16.500a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13ZM7.500 7.500h5v5h-5z",
  note: "M4 4h12v8l-4 4H4zM12 16v-4h4",
  any: "M3 10h14M6 6.500h8M6 13.500h8",
  done: "M4 10.500l4 4 8-9",
  rule: "M10 3l7 7-7 7-7-7z",
  plus: "M10 4.500v11M4.500 10h11",
  minus: "M4.500 10h11",
  screen: "M3 5h14v9H3zM8 17h4M10 14v3",
  image: "M3.500 4.500h13v11h-13zM3.500 13l4-4 3.500 3.500 2-2 3.500 3.500M12.500 7.800h.01",
  share: "M10 12.500v-9M6.500 7 10 3.500 13.500 7M4 11.500v5h12v-5",
  "align-left": "M4 3.500v13M6.500 6h9M6.500 9h9M6.500 12h5M6.500 15h5",
  "align-center": "M10 3.500v13M5 6h10M5 8.500h10M7 12h6M7 14.500h6",
  "align-right": "M16 3.500v13M4.500 6h9M4.500 9h9M8.500 12h5M8.500 15h5",
  "align-top": "M3.500 4h13M6 6.500v9M9 6.500v9M12 6.500v5M15 6.500v5",
  "align-middle": "M3.500 10h13M6 5v10M8.500 5v10M12 7v6M14.500 7v6",
  "align-bottom": "M3.500 16h13M6 4.500v9M9 4.500v9M12 8.500v5M15 8.500v5",
  "align-across": "M4 4v12M16 4v12M8.500 7h3v6h-3z",
  "align-down": "M4 4h12M4 16h12M7 8.500v3h6v-3z",
  close: "M5.500 5.500l9 9M14.500 5.500l-9 9",
  back: "M12 4.500 6.500 10l5.500 5.500",
  undo: "M7.500 5 4 8.500 7.500 12M4 8.500h7.500a4 4 0 0 1 0 8H8",
  redo: "M12.500 5 16 8.500 12.500 12M16 8.500H8.500a4 4 0 0 0 0 8H12",
  tidy: "M3.500 4h5v4h-5zM11.500 4h5v4h-5zM7.500 12h5v4h-5zM6 8v2h8V8M10 10v2",
  bin: "M4 6h12M8 6V4h4v2M5.500 6l.7 10.500h7.600L14.500 6",
  copy: "M7.500 7.500h8.500v8.500H7.500zM4 12.500V4h8.500",
  play: "M6.500 4.500v11l9-5.500z",
  pause: "M7 4.500v11M13 4.500v11",
  step: "M5 4.500v11l7-5.500zM15 4.500v11",
  search: "M9 14a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM12.700 12.700l3.800 3.800",
  gear: "M10 12.600a2.600 2.600 0 1 0 0-5.200 2.600 2.600 0 0 0 0 5.200ZM10 2.800v2M10 15.200v2M2.800 10h2M15.200 10h2M4.900 4.900l1.400 1.400M13.700 13.700l1.400 1.400M15.100 4.900l-1.400 1.400M6.300 13.700l-1.400 1.400",
  up: "M5 12l5-5 5 5",
  down: "M5 8l5 5 5-5",
  grip: "M8 5h.01M8 10h.01M8 15h.01M12.500 5h.01M12.500 10h.01M12.500 15h.01",
  keys: "M3 6h14v8H3zM6 9h.01M9 9h.01M12 9h.01M15 9h.01M7 11.800h6",
  fit: "M3.500 7.500v-4h4M12.500 3.500h4v4M16.500 12.500v4h-4M7.500 16.500h-4v-4",
  warn: "M10 3.500 17.500 16.500h-15zM10 8.500v3.500M10 14.300h.01",
  info: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 9v4.500M10 6.500h.01",
  cloud: "M6 15.500a3.500 3.500 0 0 1-.3-7 4.500 4.500 0 0 1 8.700 1A3 3 0 0 1 14 15.500z",
  eye: "M2.500 10S5.500 5 10 5s7.500 5 7.500 5-3 5-7.500 5-7.500-5-7.500-5ZM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  history: "M4 10a6 6 0 1 0 2-4.500M4 4v3h3M10 7v3.500l2.300 1.500",
};

const OF_GROUP: Record<string, string> = {
  time: "clock",
  choice: "branch",
  reach: "message",
  people: "person",
  data: "edit",
  flow: "enter",
};

export function Glyph({ name, group, size = 16 }: { name: string; group?: string; size?: number }) {
  const stroke = STROKES[name] ?? STROKES[OF_GROUP[group ?? ""] ?? ""] ?? STROKES.info;
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
      <path d={stroke} />
    </svg>
  );
}
