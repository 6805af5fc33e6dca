/** The dots of a card, placed by the same numbers that its arrows are drawn to. */
import { Handle, Position } from "@xyflow/react";
import { memo } from "react";

import { useCanvas } from "../store";
import type { AnchorPoint, Side } from "./anchors";

const POSITIONS: Record<Side, Position> = {
  left: Position.Left,
  right: Position.Right,
  top: Position.Top,
  bottom: Position.Bottom,
};

interface DotProps {
  point: AnchorPoint;
  title?: string;
  className?: string;
  onPress?: (event: { clientX: number; clientY: number }) => void;
}

/** Pressed and let go without drawing an arrow: the library keeps clicks on dots to itself. */
function pressed(event: React.MouseEvent, onPress: NonNullable<DotProps["onPress"]>): void {
  const { tool, readOnly } = useCanvas.getState();
  if (!readOnly && event.button === 0 && (tool.name === "idle" || tool.name === "picking")) onPress(event);
}

export const Dot = memo(function Dot({ point, title, className, onPress }: DotProps) {
  return (
    <Handle
      id={point.id}
      type={point.type}
      position={POSITIONS[point.side]}
      className={`rb-dot ${className ?? ""}`}
      style={{
        left: point.x,
        top: point.y,
        right: "auto",
        bottom: "auto",
        transform: "translate(-50%, -50%)",
      }}
      isConnectableStart={point.type === "source"}
      title={title}
      onMouseUp={onPress && ((event) => pressed(event, onPress))}
    />
  );
});

/** The unseen places where arrows come in. */
export const Landings = memo(function Landings({ points }: { points: readonly AnchorPoint[] }) {
  return (
    <>
      {points
        .filter((point) => point.type === "target")
        .map((point) => (
          <Dot key={point.id} point={point} className="rb-landing" />
        ))}
    </>
  );
});
