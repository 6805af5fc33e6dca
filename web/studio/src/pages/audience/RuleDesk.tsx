/** The rule editor outside the canvas, about contacts at large. It is large: load it with `lazy`. */
import { Skeleton } from "antd";

import "@/canvas/canvas.css";
import "@/canvas/i18n";
import "@/canvas/look/frame.css";
import type { Rule } from "@/canvas/model/definition";
import RuleEditor from "@/canvas/panels/fields/RuleEditor";
import { OnlyContacts } from "@/canvas/panels/fields/ruleScope";
import { useWorkspaceWords } from "@/canvas/workspaceWords";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./RuleDesk.module.css";

interface RuleDeskProps {
  value: Record<string, unknown> | null;
  onChange: (rule: Record<string, unknown> | null) => void;
}

export default function RuleDesk({ value, onChange }: RuleDeskProps) {
  const { ready, error } = useWorkspaceWords();
  if (error) return <ProblemAlert problem={error} />;
  if (!ready) return <Skeleton active title={false} paragraph={{ rows: 3 }} />;
  return (
    <OnlyContacts value={true}>
      <div className={css.desk}>
        <RuleEditor
          value={value as Rule | null}
          onChange={(rule) => onChange(rule as Record<string, unknown> | null)}
        />
      </div>
    </OnlyContacts>
  );
}
