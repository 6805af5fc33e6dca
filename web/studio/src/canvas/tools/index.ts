/** The pointer's states and the one door through which events reach the state at work. */
import { drawingArrow } from "./DrawingArrow";
import { idle } from "./Idle";
import { movingCards } from "./MovingCards";
import { placingKind } from "./PlacingKind";
import { rehangingArrow } from "./RehangingArrow";
import { pickingNext, renaming, resizingStage } from "./small";
import type { Desk, Tool, ToolEvent, ToolName, ToolState } from "./types";

const TOOLS: { [N in ToolName]: Tool<Extract<ToolState, { name: N }>> } = {
  idle,
  moving: movingCards,
  drawing: drawingArrow,
  rehanging: rehangingArrow,
  placing: placingKind,
  resizing: resizingStage,
  renaming,
  picking: pickingNext,
};

export function handle(state: ToolState, event: ToolEvent, desk: Desk): ToolState {
  return (TOOLS[state.name] as Tool<ToolState>).on(state, event, desk);
}
