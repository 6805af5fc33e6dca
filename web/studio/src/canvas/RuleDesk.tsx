/** The rule editor outside the canvas, about contacts at large. */
import { Skeleton } from "antd";

import { ProblemAlert } from "@/parts/ProblemAlert";
import type { RuleDeskProps, RuleTree } from "@/parts/RuleDesk";

import "./canvas.css";
import "./i18n";
import "./look/frame.css";
import type { Rule } from "./model/definition";
import RuleEditor from "./panels/fields/RuleEditor";
import { OnlyContacts } from "./panels/fields/ruleScope";
import css from "./RuleDesk.module.css";
import { useWorkspaceWords } from "./workspaceWords";

export default function RuleDesk({ value, onChange }: RuleDeskProps) {
  const { ready, error } = useWorkspaceWords();
  if (error) return <ProblemAlert problem={error} />;
  if (!ready) return <Skeleton active title={false} paragraph={{ rows: 3 }} />;
  return (
    <OnlyContacts value={true}>
      <div className={css.desk}>
        <RuleEditor value={value as Rule | null} onChange={(rule) => onChange(rule as RuleTree | null)} />
      </div>
    </OnlyContacts>
  );
}
