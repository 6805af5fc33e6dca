import { createContext, Suspense, useContext, type ComponentType } from "react";

import { Bones } from "./Bones";

/** A rule as a tree of groups and conditions; null holds for everybody. */
export type RuleTree = Record<string, unknown>;

export interface RuleDeskProps {
  value: RuleTree | null;
  onChange: (rule: RuleTree | null) => void;
}

/** The rule editor belongs to the canvas, and pages know nothing of it: the studio hands it down. */
export const RuleDeskContext = createContext<ComponentType<RuleDeskProps> | null>(null);

/** A rule about contacts to be written on any page; it comes when it is first needed. */
export function RuleDesk(props: RuleDeskProps) {
  const Desk = useContext(RuleDeskContext);
  const waiting = <Bones rows={3} />;
  return Desk ? (
    <Suspense fallback={waiting}>
      <Desk {...props} />
    </Suspense>
  ) : (
    waiting
  );
}
