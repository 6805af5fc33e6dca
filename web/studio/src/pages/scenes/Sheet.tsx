import { Button } from "antd";
import { useRef, type ClipboardEvent, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { SceneMoment } from "@/api/matching";
import { Icon } from "@/parts/Icon";

import css from "./Scenes.module.css";
import {
  cellsOf,
  COLUMNS,
  emptyRow,
  pasted,
  textOf,
  withText,
  type ColumnName,
  type SheetRow,
} from "./sheet";

interface SheetProps {
  rows: SheetRow[];
  moments: SceneMoment[];
  disabled: boolean;
  /** What is wrong with a cell, by `row column`. */
  wrong: Map<string, string>;
  onChange: (rows: SheetRow[]) => void;
  onRule: (row: number) => void;
}

const WIDTHS: Partial<Record<ColumnName, number>> = {
  tags: 150,
  who: 76,
  product_key: 110,
  product_name: 160,
  moments: 170,
  priority: 70,
  price: 80,
  url: 180,
  material: 100,
  until: 110,
};

/** The table as a sheet: arrows and Enter walk, Tab goes on, a block from a spreadsheet is pasted where one stands. */
export function Sheet({ rows, moments, disabled, wrong, onChange, onRule }: SheetProps) {
  const { t } = useTranslation();
  const table = useRef<HTMLTableElement>(null);
  const goTo = (row: number, column: number) => {
    const cell = table.current?.querySelector<HTMLElement>(`[data-cell="${row} ${column}"]`);
    cell?.focus();
    if (cell instanceof HTMLInputElement) cell.select();
  };
  const put = (row: number, column: ColumnName, text: string) => {
    const before = rows[row];
    if (!before || textOf(before, column, moments) === text) return;
    const after = withText(before, column, text, moments);
    if (after !== before) onChange(rows.map((one, n) => (n === row ? after : one)));
  };
  const onKey = (event: KeyboardEvent<HTMLElement>, row: number, column: number) => {
    const input = event.currentTarget instanceof HTMLInputElement ? event.currentTarget : null;
    const [start, end] = [input?.selectionStart ?? 0, input?.selectionEnd ?? 0];
    const whole = !input || (start === 0 && end === input.value.length);
    const step = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      Enter: input ? [event.shiftKey ? -1 : 1, 0] : undefined,
      ArrowLeft: whole || (start === 0 && end === 0) ? [0, -1] : undefined,
      ArrowRight: whole || start === input?.value.length ? [0, 1] : undefined,
    }[event.key];
    if (step && !event.nativeEvent.isComposing) {
      event.preventDefault();
      goTo(row + (step[0] ?? 0), column + (step[1] ?? 0));
    }
    if (event.key === "Escape" && input) {
      const kept = rows[row];
      const name = COLUMNS[column];
      if (kept && name) input.value = textOf(kept, name, moments);
    }
  };
  const onPaste = (event: ClipboardEvent, row: number, column: number) => {
    const text = event.clipboardData.getData("text/plain");
    if (disabled || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    onChange(pasted(rows, { row, column }, cellsOf(text), moments));
    // The cell is drawn anew with its text, and one goes on from where one stood.
    requestAnimationFrame(() => goTo(row, column));
  };
  return (
    <>
      <div className={css.scroll} tabIndex={0} role="region" aria-label={t("scene.sheet")}>
        <table ref={table} className={css.sheet}>
          <thead>
            <tr>
              <th scope="col" className={css.number}>
                #
              </th>
              {COLUMNS.map((column) => (
                <th key={column} scope="col" style={{ width: WIDTHS[column] }}>
                  {t(`scene.column.${column}`)}
                </th>
              ))}
              <th aria-hidden="true" />
            </tr>
          </thead>
          <tbody>
            {rows.map((row, place) => (
              // Rows have no identity of their own until they are saved: their place is who they are.
              <tr key={place}>
                <td className={css.number}>{place + 1}</td>
                {COLUMNS.map((column, across) => {
                  const label = t("scene.cell", { row: place + 1, column: t(`scene.column.${column}`) });
                  const problem = wrong.get(`${place} ${column}`);
                  const text = textOf(row, column, moments);
                  return (
                    <td key={column} className={problem ? css.wrong : undefined} title={problem}>
                      {column === "who" ? (
                        <button
                          type="button"
                          className={css.ruleCell}
                          data-cell={`${place} ${across}`}
                          aria-label={`${label} ${row.who ? t("scene.hasRule") : t("scene.noRule")}`}
                          onClick={() => onRule(place)}
                          onKeyDown={(event) => onKey(event, place, across)}
                        >
                          {row.who ? t("scene.hasRule") : t("scene.noRule")}
                        </button>
                      ) : (
                        <input
                          key={text}
                          className={css.cell}
                          data-cell={`${place} ${across}`}
                          aria-label={label}
                          aria-invalid={problem ? true : undefined}
                          readOnly={disabled}
                          defaultValue={text}
                          placeholder={
                            column === "tags" && !row.who
                              ? t("scene.anybody")
                              : column === "moments"
                                ? t("scene.anyTime")
                                : undefined
                          }
                          onBlur={(event) => put(place, column, event.target.value)}
                          onKeyDown={(event) => onKey(event, place, across)}
                          onPaste={(event) => onPaste(event, place, across)}
                        />
                      )}
                    </td>
                  );
                })}
                <td>
                  {!disabled && (
                    <Button
                      type="text"
                      size="small"
                      aria-label={t("scene.removeRow", { row: place + 1 })}
                      icon={<Icon name="close" size={14} />}
                      onClick={() => onChange(rows.toSpliced(place, 1))}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={css.below}>
        <Button
          icon={<Icon name="plus" size={16} />}
          disabled={disabled || rows.length >= 500}
          onClick={() => onChange([...rows, emptyRow()])}
        >
          {t("scene.addRow")}
        </Button>
        <span className={css.quiet}>{t("scene.sheetHelp")}</span>
      </div>
    </>
  );
}
