/** Pickers of a member of staff, of a team, and of either. */
import { AutoComplete } from "antd";

import { useCrew, useStaffKeys } from "@/api/tasks";

import { asText, type WidgetProps } from "./types";

const FULL = { width: "100%" } as const;

interface Option {
  value: string;
  label: string;
}

function Picker({ id, value, onChange, options }: WidgetProps & { options: Option[] }) {
  const typed = asText(value);
  const fits = options.filter((one) => !typed || `${one.value} ${one.label}`.includes(typed));
  return (
    <AutoComplete
      id={id}
      style={FULL}
      value={typed}
      options={fits.length > 0 ? fits : options}
      onChange={(next: string) => onChange(next || undefined)}
    />
  );
}

const usePeople = (): Option[] =>
  (useStaffKeys().data ?? []).map((one) => ({
    value: one.key,
    label: one.team ? `${one.name}（${one.team}）` : one.name,
  }));

const useTeams = (): Option[] => (useCrew().data?.teams ?? []).map((one) => ({ value: one, label: one }));

/** By the key that the messenger or the brand's own system knows. */
export function StaffField(props: WidgetProps) {
  return <Picker {...props} options={usePeople()} />;
}

export function TeamField(props: WidgetProps) {
  return <Picker {...props} options={useTeams()} />;
}

export function StaffOrTeamField(props: WidgetProps) {
  return <Picker {...props} options={[...useTeams(), ...usePeople()]} />;
}
