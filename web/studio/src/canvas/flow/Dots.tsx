/** The dots of a card, placed by the same numbers that its arrows are drawn to. What a pointer does with them, the
 *  gestures know. */
import { memo } from "react";

import type { Id } from "../model/definition";
import type { AnchorPoint } from "./anchors";

interface DotProps {
  of: Id;
  point: AnchorPoint;
  title?: string;
  className?: string;
}

/** A dot from which arrows start. */
export const Dot = memo(function Dot({ of, point, title, className }: DotProps) {
  return (
    <span
      data-dot={point.id}
      data-dot-of={of}
      className={`rb-dot ${className ?? ""}`}
      style={{ left: point.x, top: point.y }}
      title={title}
    />
  );
});
