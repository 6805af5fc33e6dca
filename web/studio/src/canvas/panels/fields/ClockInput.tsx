/** A time of day, 24 hours, typed or picked. */
import { TimePicker } from "antd";
import dayjs from "dayjs";

interface Props {
  id?: string;
  value: string | undefined;
  onChange(value: string | undefined): void;
  placeholder?: string;
  label?: string;
}

export function ClockInput({ id, value, onChange, placeholder, label }: Props) {
  const read =
    value && /^\d{2}:\d{2}$/.test(value) ? dayjs(`2026-01-01T${value === "24:00" ? "00:00" : value}`) : null;
  return (
    <TimePicker
      id={id}
      value={read}
      format="HH:mm"
      minuteStep={5}
      needConfirm={false}
      style={{ width: 116 }}
      placeholder={placeholder}
      aria-label={label}
      onChange={(time) => onChange(time ? time.format("HH:mm") : undefined)}
    />
  );
}
