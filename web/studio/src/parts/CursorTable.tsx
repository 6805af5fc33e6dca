import { Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import css from "./CursorTable.module.css";
import { ProblemAlert } from "./ProblemAlert";

export interface Column<Row> {
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  align?: "end";
  width?: number | string;
  /** Left out on a phone. */
  minor?: boolean;
}

/** What `useCursorList` gives, as far as a table needs it. */
interface CursorList<Row> {
  rows: Row[] | undefined;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
}

interface CursorTableProps<Row> {
  label: string;
  list: CursorList<Row>;
  columns: Column<Row>[];
  rowKey: (row: Row) => string | number;
  /** For the pointer; a cell should hold a link or button that does the same. */
  onOpen?: (row: Row) => void;
  isOpen?: (row: Row) => boolean;
  /** What stands here when there is nothing: something that teaches. */
  empty: ReactNode;
}

/** A table that grows along the API's cursor; skeleton rows while it loads, its own words when empty. */
export function CursorTable<Row>(props: CursorTableProps<Row>) {
  const { t } = useTranslation();
  const { list, empty } = props;
  if (list.error && !list.rows) return <ProblemAlert problem={list.error} onRetry={() => list.refetch()} />;
  if (list.rows?.length === 0) return <>{empty}</>;
  return (
    <>
      <ProblemAlert problem={list.error} onRetry={() => list.refetch()} />
      <div className={css.sheet}>
        <Rows {...props} />
        {list.hasNextPage && (
          <div className={css.more}>
            <Button onClick={() => list.fetchNextPage()} loading={list.isFetchingNextPage}>
              {t("parts.more")}
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

const SKELETON_ROWS = 6;

function Rows<Row>({ label, list, columns, rowKey, onOpen, isOpen }: CursorTableProps<Row>) {
  const { t } = useTranslation();
  return (
    <table className={css.table} aria-label={label} aria-busy={!list.rows}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.id} scope="col" className={kind(column)} style={{ width: column.width }}>
              {column.title || <span className="visually-hidden">{t("parts.actions")}</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {list.rows
          ? list.rows.map((row) => (
              <tr
                key={rowKey(row)}
                className={`${onOpen ? css.opens : ""} ${isOpen?.(row) ? css.open : ""}`}
                onClick={(click) => onOpen && !isControl(click.target) && onOpen(row)}
              >
                {columns.map((column) => (
                  <td key={column.id} className={kind(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))
          : Array.from({ length: SKELETON_ROWS }, (_, index) => (
              <tr key={index}>
                {columns.map((column) => (
                  <td key={column.id} className={kind(column)}>
                    <span className={css.bone} />
                  </td>
                ))}
              </tr>
            ))}
      </tbody>
    </table>
  );
}

function kind<Row>(column: Column<Row>): string {
  return [column.align === "end" && css.end, column.minor && css.minor].filter(Boolean).join(" ");
}

/** A click on a link, a button or a menu inside a row is meant for that, not for the row. */
function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest("a, button, input, [role=menuitem]") !== null;
}
