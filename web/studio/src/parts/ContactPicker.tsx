import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useContacts } from "@/api/people";
import type { Contact } from "@/api/types";
import { nameOf } from "./contactName";
import { useSettled } from "./useSettled";

const TYPING_MS = 300;

interface ContactPickerProps {
  label: string;
  /** Stands in the empty field; the label without it. */
  placeholder?: string;
  /** Who is chosen, where the page keeps it. */
  value?: number | null;
  /** Who cannot be chosen. */
  but?: number;
  /** With `clearable`, `undefined` says that nobody is chosen any more. */
  onPick: (id: number | undefined) => void;
  clearable?: boolean;
  className?: string | undefined;
  /** Pixels; as wide as there is room without it. */
  width?: number;
}

/** A customer found by name, number or whole identity. */
export function ContactPicker(props: ContactPickerProps) {
  const { label, placeholder = label, but, onPick, clearable = false, className, width } = props;
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const { rows, isFetching } = useContacts(useSettled(typed.trim(), TYPING_MS));
  return (
    <Select<number>
      className={className}
      {...(!className && { style: { width: width ?? "100%" } })}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      allowClear={clearable}
      placeholder={placeholder}
      loading={isFetching}
      {...("value" in props && { value: props.value ?? null })}
      aria-label={label}
      options={rows?.filter((one) => one.id !== but).map(option)}
      notFoundContent={isFetching ? null : t("contacts.notFoundWords")}
      onChange={onPick}
    />
  );
}

function option(contact: Contact) {
  const known = [contact.external_id, ...Object.values(contact.identities)].filter(Boolean);
  return { value: contact.id, label: [nameOf(contact), ...known.slice(0, 2)].join(" · ") };
}
