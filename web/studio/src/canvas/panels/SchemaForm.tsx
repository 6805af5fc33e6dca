/** A form drawn from its fields as the server tells them: nothing here knows a kind. */
import type { FC } from "react";

import type { Moment } from "../model/definition";
import { isShown, type Field, type Lang } from "../model/kinds";
import { ContentField } from "./fields/ContentPicker";
import { ListField } from "./fields/ListField";
import { MomentInput } from "./fields/MomentInput";
import {
  AttributeField,
  CarrierField,
  ChangedField,
  EventField,
  EventsField,
  GoalField,
  JourneyField,
  TagField,
  TagsField,
} from "./fields/names";
import { RuleField } from "./fields/RuleField";
import { ChannelField } from "./fields/channels";
import { SegmentField } from "./fields/segments";
import {
  BooleanField,
  DurationField,
  MomentField,
  NumberField,
  SelectField,
  TextField,
  TimeField,
  ValueField,
  WindowField,
} from "./fields/simple";
import { StaffField, StaffOrTeamField, TeamField } from "./fields/staff";
import { PoolField, SchemeField } from "./fields/rewards";
import { DimensionField, LevelField } from "./fields/tiers";
import type { Scope, Values, WidgetProps } from "./fields/types";

const WIDGETS: Record<string, FC<WidgetProps>> = {
  text: TextField,
  number: NumberField,
  boolean: BooleanField,
  select: SelectField,
  duration: DurationField,
  time: TimeField,
  moment: MomentField,
  window: WindowField,
  rule: RuleField,
  event: EventField,
  events: EventsField,
  attribute: AttributeField,
  field: ChangedField,
  segment: SegmentField,
  channel: ChannelField,
  dimension: DimensionField,
  level: LevelField,
  pool: PoolField,
  scheme: SchemeField,
  staff: StaffField,
  team: TeamField,
  staff_or_team: StaffOrTeamField,
  tag: TagField,
  tags: TagsField,
  content: ContentField,
  carrier: CarrierField,
  journey: JourneyField,
  goal: GoalField,
  list: ListField,
  value: ValueField,
};

interface Props {
  form: readonly Field[];
  values: Values;
  onChange(values: Values): void;
  scope: Scope;
  lang: Lang;
  /** Makes the ids of inputs differ where forms stand within forms. */
  prefix: string;
}

function withValue(values: Values, name: string, value: unknown): Values {
  const next = { ...values };
  if (value === undefined) delete next[name];
  else next[name] = value;
  return next;
}

export function Fields({ form, values, onChange, scope, lang, prefix }: Props) {
  return (
    <>
      {form.map((field) => {
        // An exit's id is ours to make; people name it in the field beside.
        if (field.type === "exit" || !isShown(field, values)) return null;
        const id = `${prefix}-${field.name || "flat"}`;
        if (field.name === "")
          return <FlatMoment key="flat" {...{ form, field, values, onChange, scope, lang, id }} />;
        const Widget = WIDGETS[field.type] ?? TextField;
        return (
          <Labelled key={field.name} field={field} id={id} lang={lang}>
            <Widget
              field={field}
              id={id}
              value={values[field.name]}
              onChange={(value) => onChange(withValue(values, field.name, value))}
              values={values}
              scope={scope}
              lang={lang}
            />
          </Labelled>
        );
      })}
    </>
  );
}

export function Labelled({
  field,
  id,
  lang,
  children,
}: {
  field: Pick<Field, "title" | "help" | "required">;
  id: string;
  lang: Lang;
  children: React.ReactNode;
}) {
  return (
    <div className="rb-field">
      <label htmlFor={id}>
        {field.title[lang]}
        {field.required && (
          <span className="rb-must" aria-hidden="true">
            *
          </span>
        )}
      </label>
      {children}
      {field.help && <p className="rb-help">{field.help[lang]}</p>}
    </div>
  );
}

/** A moment whose parts lie flat among its neighbours, as in `{"type": "at", "offset": …}`. */
function FlatMoment({
  form,
  field,
  values,
  onChange,
  scope,
  lang,
  id,
}: Omit<Props, "prefix"> & { field: Field; id: string }) {
  const others = new Set(["type", ...form.map((one) => one.name)]);
  const moment = Object.fromEntries(Object.entries(values).filter(([key]) => !others.has(key))) as Moment;
  const rest = Object.fromEntries(Object.entries(values).filter(([key]) => others.has(key)));
  return (
    <Labelled field={field} id={id} lang={lang}>
      <MomentInput
        id={id}
        value={moment}
        onChange={(next) => onChange({ ...rest, ...next })}
        scope={scope}
        required
      />
    </Labelled>
  );
}
