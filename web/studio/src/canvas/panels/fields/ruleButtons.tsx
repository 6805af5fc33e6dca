/** The rule editor's buttons, quiet enough for a panel. */
import { Checkbox, Select } from "antd";
import type { ActionProps, CombinatorSelectorProps, NotToggleProps } from "react-querybuilder";

import { Glyph } from "../../look/Glyph";

export const AddButton = ({ label, title, handleOnClick, disabled }: ActionProps) => (
  <button
    type="button"
    className="rb-rule-add"
    title={title}
    disabled={disabled}
    onClick={(event) => handleOnClick(event)}
  >
    {label}
  </button>
);

export const RemoveButton = ({ title, handleOnClick, disabled }: ActionProps) => (
  <button
    type="button"
    className="rb-mini rb-rule-remove"
    title={title}
    aria-label={title}
    disabled={disabled}
    onClick={(event) => handleOnClick(event)}
  >
    <Glyph name="close" size={14} />
  </button>
);

export const NotBox = ({ checked, handleOnChange, label, title, disabled }: NotToggleProps) => (
  <Checkbox
    className="rb-rule-not"
    checked={checked}
    disabled={disabled}
    title={title}
    onChange={(event) => handleOnChange(event.target.checked)}
  >
    {label}
  </Checkbox>
);

export const CombinatorPick = ({ options, value, handleOnChange, title }: CombinatorSelectorProps) => (
  <Select
    value={value}
    options={options as { label: string; value: string }[]}
    onChange={handleOnChange}
    aria-label={title}
    popupMatchSelectWidth={false}
  />
);
