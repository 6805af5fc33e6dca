/** A rule in a form: its sentence, and the editor when it is wanted. */
import { Skeleton } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Rule } from "../../model/definition";
import { isEmptyRule, sayRule } from "../../model/words/rule";
import { typeset } from "../../model/words/names";
import { useCanvas } from "../../store";
import type { WidgetProps } from "./types";

/** The query builder is large; it comes when the first rule is opened. */
const RuleEditor = lazy(() => import("./RuleEditor"));

interface Props {
  id?: string;
  value: Rule | null | undefined;
  onChange(value: Rule | null): void;
  required?: boolean;
}

export function RuleInput({ id, value, onChange, required }: Props) {
  const { t } = useTranslation("canvas");
  const names = useCanvas((state) => state.names);
  const [open, setOpen] = useState(required === true || !isEmptyRule(value));
  const said = typeset(sayRule(value, names));
  if (!open) {
    return (
      <button type="button" id={id} className="rb-line-item" onClick={() => setOpen(true)}>
        ＋ {t("rule.set")}
      </button>
    );
  }
  return (
    <div id={id} role="group">
      {said && (
        <p className="rb-dates" style={{ margin: "0 0 8px" }}>
          {said}
        </p>
      )}
      <Suspense fallback={<Skeleton active paragraph={{ rows: 2 }} title={false} />}>
        <RuleEditor value={value} onChange={onChange} />
      </Suspense>
    </div>
  );
}

export const RuleField = ({ id, value, onChange, field }: WidgetProps) => (
  <RuleInput id={id} value={value as Rule | null} onChange={onChange} required={field.required} />
);
