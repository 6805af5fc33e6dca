/** The bar of any stage: where each of its arrows starts, and which way it takes. */
import { ANY_STAGE, isExitArrow } from "../model/definition";
import type { AnchorPoint, Side } from "./anchors";
import { BESIDE } from "./maze";
import { gatesInto, plus, type PlannedArrow, type Scene } from "./plan";
import { routeBetween } from "./routes";

const BAR_MARGIN = 40;
const BAR_PITCH = 180;

/** Arrows from any stage start at the bar, over or under their targets as far as the bar reaches. */
export function planBar(scene: Scene, points: AnchorPoint[]): PlannedArrow[] {
  const { bar } = scene;
  if (!bar) return [];
  const planned: PlannedArrow[] = [];
  const used: { side: Side; x: number }[] = [];
  let order = 0;
  let aside = 0;
  for (const arrow of scene.definition.arrows) {
    if (isExitArrow(arrow) || arrow.from !== ANY_STAGE) continue;
    order += 1;
    const goal = scene.boxes.get(arrow.to);
    if (!goal) continue;
    const side: Side = goal.y > bar.y ? "bottom" : goal.x > bar.x + bar.w ? "right" : "top";
    const wanted = goal.x + (side === "bottom" ? goal.w / 2 : -BESIDE) - bar.x;
    let x = Math.min(Math.max(wanted, BAR_MARGIN), bar.w - BAR_MARGIN);
    while (
      used.some((one) => one.side === side && Math.abs(one.x - x) < BAR_PITCH) &&
      x - BAR_PITCH > BAR_MARGIN
    )
      x -= BAR_PITCH;
    used.push({ side, x });
    const at =
      side === "right" ? { x: bar.w, y: 10 + (aside++ % 3) * 10 } : { x, y: side === "top" ? 0 : bar.h };
    points.push({ id: arrow.id, type: "source", side, ...at });
    const gates = gatesInto(scene, arrow.to);
    const into = side === "bottom" ? gates.filter((gate) => gate.side === "top") : gates;
    const route = routeBetween(
      scene.mazes.between(plus(bar, at), gates[0]!.at),
      [{ side, at: plus(bar, at), cost: 0 }],
      into.length > 0 ? into : gates,
    );
    planned.push({
      key: arrow.id,
      arrow,
      from: ANY_STAGE,
      sourceHandle: arrow.id,
      to: arrow.to,
      route,
      order,
      look: "any",
      counted: true,
    });
  }
  return planned;
}
