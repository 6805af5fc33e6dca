/** Where arrows touch a card: points on its border, by numbers that the card itself is drawn with. */
import type { Point, Size } from "../model/definition";
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
/** The lower dot of a flag that stands above its stage. */
export const OUT_DOWN = "out-down";

const SIDES: readonly Side[] = ["left", "right", "top", "bottom"];

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

/** Where the n-th arrow leaves a side of a stage. */
export function slotPoint(size: Size, side: Side, n: number): Point {
  if (side === "right") return { x: size.w, y: SLOT_FIRST + n * SLOT_PITCH };
  if (side === "left") return { x: 0, y: SLOT_FIRST + n * SLOT_PITCH };
  return { x: size.w - CORNER - n * TOP_PITCH, y: side === "top" ? 0 : size.h };
}

/** Where arrows come into a card of this size, by side. */
export const stageLanding = (size: Size, side: Side): Point => {
  // On one height with the first arrow that leaves, so that a chain of stages is joined by straight lines.
  if (side === "left") return { x: 0, y: SLOT_FIRST };
  if (side === "right") return { x: size.w, y: size.h - HEAD_Y };
  return { x: CORNER, y: side === "top" ? 0 : size.h };
};

export function stageAnchors(size: Size, slots: readonly Slot[]): AnchorPoint[] {
  const taken: Record<Side, number> = { left: 0, right: 0, top: 0, bottom: 0 };
  const out = slots.map((slot): AnchorPoint => {
    const n = taken[slot.side];
    taken[slot.side] += 1;
    return { id: slot.id, type: "source", side: slot.side, ...slotPoint(size, slot.side, n) };
  });
  const landings = SIDES.map((side): AnchorPoint => {
    const at = stageLanding(size, side);
    return target(side, at.x, at.y);
  });
  return [...landings, { id: OUT, type: "source", side: "right", x: size.w, y: HEAD_Y }, ...out];
}

export const pillLanding = (size: Size, side: Side): Point => {
  if (side === "left") return { x: 0, y: size.h / 2 };
  if (side === "right") return { x: size.w, y: size.h / 2 };
  return { x: size.w / 2, y: side === "top" ? 0 : size.h };
};

export const pillAnchors = (size: Size): AnchorPoint[] =>
  SIDES.map((side) => {
    const at = pillLanding(size, side);
    return target(side, at.x, at.y);
  });

export const flagAnchors = (size: Size): AnchorPoint[] => [
  { id: OUT, type: "source", side: "right", x: size.w, y: size.h / 2 },
  { id: OUT_DOWN, type: "source", side: "bottom", x: 24, y: size.h },
];
