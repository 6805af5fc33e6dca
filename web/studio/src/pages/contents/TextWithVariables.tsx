import { Input } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { useAttributeTypes } from "@/api/catalogue";

import css from "./Contents.module.css";
import { insertAt, placeFor, usualPlaces } from "./variables";

interface TextWithVariablesProps {
  id?: string;
  value?: string;
  onChange?: (text: string) => void;
}

/** The text of a message; a click on a place below puts it where the cursor is. */
export function TextWithVariables({ id, value = "", onChange }: TextWithVariablesProps) {
  const { t } = useTranslation();
  const area = useRef<TextAreaRef>(null);
  const attributes = useAttributeTypes();
  const places = [...usualPlaces, ...(attributes.data ?? []).map(({ name, title }) => placeFor(name, title))];
  const insert = (place: string) => {
    const field = area.current?.resizableTextArea?.textArea;
    const at = field ? [field.selectionStart, field.selectionEnd] : [value.length, value.length];
    const changed = insertAt(value, place, at[0] ?? value.length, at[1] ?? value.length);
    onChange?.(changed.text);
    requestAnimationFrame(() => {
      field?.focus();
      field?.setSelectionRange(changed.cursor, changed.cursor);
    });
  };
  const open = () => {
    const field = area.current?.resizableTextArea?.textArea;
    if (!field) return;
    const [from, to] = [field.selectionStart, field.selectionEnd];
    const chosen = value.slice(from, to);
    if (chosen.includes("{%")) return;
    const number = value.split("{% slot").length;
    const most = Math.min(500, Math.max(30, chosen.length * 2));
    insert(`{% slot "${t("contents.slots")}${number}" max: ${most} %}${chosen}{% endslot %}`);
  };
  return (
    <div>
      <Input.TextArea
        ref={area}
        id={id}
        value={value}
        onChange={(event) => onChange?.(event.target.value)}
        autoSize={{ minRows: 7, maxRows: 18 }}
      />
      <div className={css.variables} role="group" aria-label={t("contents.variables")}>
        <span className={css.quiet}>{t("contents.variables")}</span>
        {[...new Map(places.map((place) => [place.insert, place])).values()].map((place) => (
          <button
            key={place.insert}
            type="button"
            className={css.variable}
            onClick={() => insert(place.insert)}
          >
            {t(`variables.${place.name}`, { defaultValue: place.name })}
          </button>
        ))}
        <button type="button" className={css.variable} onClick={open}>
          {t("contents.makeSlot")}
        </button>
      </div>
    </div>
  );
}
