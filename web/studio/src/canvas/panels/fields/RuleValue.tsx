/** The value that a rule compares with: the input follows the field's type and the operator. */
import { DatePicker, Input, InputNumber, Select, Space } from "antd";
import dayjs from "dayjs";
import { useTranslation } from "react-i18next";
import { update, type RuleGroupType, type ValueEditorProps } from "react-querybuilder";

import { selectDefinition, useCanvas } from "../../store";
import { ClockInput } from "./ClockInput";
import { DurationInput } from "./DurationInput";
import { KnownInput, Without } from "./ruleParts";
import { TagsSelect } from "./names";
import { patternOf } from "./ruleFields";
import { useSubjectAttributes } from "./ruleScope";
import { SegmentsSelect } from "./segments";
import { asTexts } from "./types";

type How = "none" | "one" | "two" | "many";

export function RuleValue(props: ValueEditorProps) {
  const { field, operator, value, handleOnChange, path, schema, rule } = props;
  const { t } = useTranslation("canvas");
  const catalogue = useCanvas((state) => state.catalogue);
  const pattern = patternOf(catalogue, field);
  const how = howOf(catalogue.rule.operators, operator);
  const within = (rule as { within?: string }).within;
  const set = (key: string, next: string | undefined) =>
    schema.dispatchQuery(
      update(schema.getQuery() as RuleGroupType, key as "value", next, path, {
        resetOnFieldChange: false,
      }) as RuleGroupType,
    );
  const setWithin = (next: string | undefined) => set("within", next);
  return (
    <>
      {how !== "none" && (
        <OneInput
          type={pattern?.type ?? "any"}
          how={how}
          field={field}
          value={value}
          onChange={handleOnChange}
        />
      )}
      {pattern?.after && (
        <Without
          field={field}
          after={(rule as { after?: string }).after}
          onField={(next) => set("field", next)}
          onAfter={(next) => set("after", next)}
        />
      )}
      {pattern?.within && (
        <Space className="rb-rule-within">
          <span className="rb-quiet">{t("rule.within")}</span>
          <DurationInput
            value={within}
            onChange={setWithin}
            units={["hours", "days", "weeks", "months"]}
            label={t("rule.within")}
          />
        </Space>
      )}
    </>
  );
}

function howOf(operators: unknown[], operator: string): How {
  const found = (operators as { operator: string; value?: string }[]).find(
    (one) => one.operator === operator,
  )?.value;
  if (found === "none" || found === "many" || found === "two") return found;
  return operator === "between" || operator === "notBetween" ? "two" : "one";
}

interface InputProps {
  type: string;
  how: How;
  field: string;
  value: unknown;
  onChange(value: unknown): void;
}

function OneInput({ type, how, field, value, onChange }: InputProps) {
  const { t } = useTranslation("canvas");
  if (type === "tags") return <TagsInput how={how} value={value} onChange={onChange} />;
  if (type === "level" || type === "state" || type === "choice")
    return <KnownInput type={type} how={how} field={field} value={value} onChange={onChange} />;
  if (type === "segments") return <SegmentsInput how={how} value={value} onChange={onChange} />;
  if (type === "flag") {
    const options = [
      { value: true, label: t("yes") },
      { value: false, label: t("no") },
    ];
    return (
      <Select
        value={value === false ? false : value === true ? true : undefined}
        options={options as unknown as { value: string; label: string }[]}
        style={{ minWidth: 80 }}
        onChange={onChange}
        aria-label={t("rule.value")}
      />
    );
  }
  if (how === "two") {
    const [low, high] = Array.isArray(value) ? (value as unknown[]) : [undefined, undefined];
    return (
      <Space>
        <Single type={type} field={field} value={low} onChange={(next) => onChange([next, high ?? ""])} />
        <span>–</span>
        <Single type={type} field={field} value={high} onChange={(next) => onChange([low ?? "", next])} />
      </Space>
    );
  }
  if (how === "many") {
    const read = (text: string) => (type === "number" || type === "days" ? Number(text) : text);
    const shown = (Array.isArray(value) ? (value as unknown[]) : []).map(String);
    return (
      <Select
        mode="tags"
        value={shown}
        style={{ minWidth: 150 }}
        tokenSeparators={[",", "，", "、"]}
        onChange={(next: string[]) => onChange(next.map(read))}
        aria-label={t("rule.value")}
      />
    );
  }
  return <Single type={type} field={field} value={value} onChange={onChange} />;
}

function TagsInput({ how, value, onChange }: Pick<InputProps, "how" | "value" | "onChange">) {
  const chosen = asTexts(value);
  if (how === "many")
    return (
      <div style={{ minWidth: 180, flex: 1 }}>
        <TagsSelect value={chosen} onChange={onChange} />
      </div>
    );
  // One tag: the last one chosen is meant.
  return (
    <div style={{ minWidth: 140, flex: 1 }}>
      <TagsSelect value={chosen.slice(-1)} onChange={(next) => onChange(next.at(-1) ?? "")} />
    </div>
  );
}

function SegmentsInput({ how, value, onChange }: Pick<InputProps, "how" | "value" | "onChange">) {
  const { t } = useTranslation("canvas");
  const many = how === "many";
  return (
    <div style={{ minWidth: 180, flex: 1 }}>
      <SegmentsSelect
        value={asTexts(value)}
        many={many}
        label={t("rule.value")}
        onChange={(next) => onChange(many ? next : (next[0] ?? ""))}
      />
    </div>
  );
}

function Single({ type, field, value, onChange }: Omit<InputProps, "how">) {
  const { t } = useTranslation("canvas");
  const attributes = useSubjectAttributes();
  const stages = useCanvas((state) => selectDefinition(state).stages);
  const label = t("rule.value");
  if (field === "stage") {
    return (
      <Select
        value={(value as string) || undefined}
        options={stages.map((stage) => ({ value: stage.id, label: stage.name || stage.id }))}
        style={{ minWidth: 140 }}
        onChange={onChange}
        aria-label={label}
      />
    );
  }
  const [space, ...name] = field.split(".");
  const attribute =
    space === "attribute" ? attributes?.find((one) => one.name === name.join(".")) : undefined;
  const kind = attribute?.type ?? type;
  if (kind === "number" || kind === "days") {
    return (
      <InputNumber
        value={typeof value === "number" ? value : null}
        style={{ width: 110 }}
        onChange={(n) => onChange(n ?? "")}
        aria-label={label}
      />
    );
  }
  if (kind === "clock")
    return <ClockInput value={value as string} onChange={(next) => onChange(next ?? "")} label={label} />;
  if (kind === "date" || kind === "time") {
    const read = typeof value === "string" && value ? dayjs(value) : null;
    return (
      <DatePicker
        value={read?.isValid() ? read : null}
        onChange={(next) => onChange(next ? next.format("YYYY-MM-DD") : "")}
        aria-label={label}
      />
    );
  }
  return <Typed value={value} onChange={onChange} label={label} />;
}

/** What looks like a number is one. */
function Typed({
  value,
  onChange,
  label,
}: {
  value: unknown;
  onChange(value: unknown): void;
  label: string;
}) {
  const read = (text: string): unknown =>
    /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) && text.length < 15 ? Number(text) : text;
  return (
    <Input
      value={value === undefined || value === null ? "" : String(value)}
      style={{ width: 140 }}
      onChange={(event) => onChange(read(event.target.value))}
      aria-label={label}
    />
  );
}
