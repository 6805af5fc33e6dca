/** A place that can be led to, chosen by name. */
import { Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Definition, Id } from "../model/definition";
import { kindOf } from "../model/kinds";
import { stepsOf } from "../model/lookup";
import { selectDefinition, useCanvas } from "../store";

interface Props {
  id?: string;
  value: Id | undefined;
  onChange(value: Id | undefined): void;
  except?: Id;
  none?: string;
  ends?: boolean;
  clear?: boolean;
  /** Whose places; the draft's own if left out. */
  of?: Definition;
  label?: string;
}

export function TargetSelect({
  id,
  value,
  onChange,
  except,
  none,
  ends = true,
  clear = true,
  ...more
}: Props) {
  const { t } = useTranslation("canvas");
  const draft = useCanvas(selectDefinition);
  const definition = more.of ?? draft;
  const catalogue = useCanvas((state) => state.catalogue);
  const lang = useCanvas((state) => state.names.lang);
  const options = useMemo(() => {
    const stages = definition.stages.map((stage) => ({
      label: stage.name || stage.id,
      options: [
        { value: stage.id, label: t("target.stage", { name: stage.name || stage.id }) },
        ...stepsOf(definition, stage.id)
          .filter((step) => step.id !== except)
          .map((step) => ({
            value: step.id,
            label: `　${step.name || kindOf(catalogue, step.kind)?.title[lang] || step.id}`,
          })),
      ],
    }));
    const last = {
      label: t("target.ends"),
      options: definition.ends.map((end) => ({ value: end.id, label: end.name || end.id })),
    };
    return ends && definition.ends.length > 0 ? [...stages, last] : stages;
  }, [definition, catalogue, lang, except, ends, t]);
  return (
    <Select
      id={id}
      aria-label={more.label}
      value={value}
      options={options}
      placeholder={none}
      allowClear={clear}
      labelRender={({ label }) => String(label ?? "").trim()}
      style={{ width: "100%" }}
      showSearch={{ optionFilterProp: "label" }}
      onChange={(next?: Id) => onChange(next)}
    />
  );
}
