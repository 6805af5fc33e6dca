/** Where arrows touch a card: points on its border, by numbers that the card itself is drawn with. */
import type { Size } from "../model/definition";
import type { Exit } from "../model/exits";
import { SLOT_FIRST, SLOT_PITCH } from "../model/geometry";

export type Side = "left" | "right" | "top" | "bottom";

export interface AnchorPoint {
  id: string;
  type: "source" | "target";
  side: Side;
  /** The middle of the dot, from the card's upper left corner. */
  x: number;
  y: number;
}

/** Names of the places where arrows may come in. */
export const IN: Record<Side, string> = {
  left: "in-left",
  right: "in-right",
  top: "in-top",
  bottom: "in-bottom",
};
/** The dot of a stage from which a new arrow is drawn. */
export const OUT = "out";

const DOT = 12;
const HEAD_Y = 26;
const SIDE_EXIT_FIRST = 20;
const SIDE_EXIT_PITCH = 18;
const CORNER = 44;
const TOP_PITCH = 26;

const target = (side: Side, x: number, y: number): AnchorPoint => ({
  id: IN[side],
  type: "target",
  side,
  x,
  y,
});

export function stepAnchors(size: Size, exits: readonly Exit[]): AnchorPoint[] {
  const main = exits.filter((exit) => !exit.side);
  const side = exits.filter((exit) => exit.side);
  return [
    target("top", size.w / 2, 0),
    target("left", 0, 30),
    target("right", size.w, 30),
    ...main.map((exit, n): AnchorPoint => ({
      id: exit.id,
      type: "source",
      side: "bottom",
      x: ((n + 0.5) * size.w) / main.length,
      y: size.h,
    })),
    ...side.map((exit, n): AnchorPoint => ({
      id: exit.id,
      type: "source",
      side: "right",
      x: size.w,
      y: SIDE_EXIT_FIRST + n * SIDE_EXIT_PITCH,
    })),
  ];
}

/** An arrow that leaves a stage, and the side by which it does. */
export interface Slot {
  id: string;
  side: Side;
}

export function stageAnchors(size: Size, slots: readonly Slot[]): AnchorPoint[] {
  const taken: Record<Side, number> = { left: 0, right: 0, top: 0, bottom: 0 };
  const out = slots.map((slot): AnchorPoint => {
    const n = taken[slot.side];
    taken[slot.side] += 1;
    const at = { id: slot.id, type: "source" as const, side: slot.side };
    if (slot.side === "right") return { ...at, x: size.w, y: SLOT_FIRST + n * SLOT_PITCH };
    if (slot.side === "left") return { ...at, x: 0, y: SLOT_FIRST + n * SLOT_PITCH };
    return { ...at, x: size.w - CORNER - n * TOP_PITCH, y: slot.side === "top" ? 0 : size.h };
  });
  return [
    target("left", 0, HEAD_Y),
    target("top", CORNER, 0),
    target("bottom", CORNER, size.h),
    target("right", size.w, size.h - HEAD_Y),
    { id: OUT, type: "source", side: "right", x: size.w, y: HEAD_Y },
    ...out,
  ];
}

export const pillAnchors = (size: Size): AnchorPoint[] => [
  target("left", 0, size.h / 2),
  target("top", size.w / 2, 0),
  target("bottom", size.w / 2, size.h),
];

export const flagAnchors = (size: Size): AnchorPoint[] => [
  { id: OUT, type: "source", side: "right", x: size.w, y: size.h / 2 },
];

/** The same point in the words of the flow library: the dot's box. */
export const asHandle = (point: AnchorPoint) => ({
  id: point.id,
  type: point.type,
  position: point.side,
  x: point.x - DOT / 2,
  y: point.y - DOT / 2,
  width: DOT,
  height: DOT,
});
