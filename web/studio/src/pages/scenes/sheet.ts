/** The table as a sheet of texts: what a cell shows, what typing or pasting into it means, and going back. */
import type { SceneDraft, SceneMoment } from "@/api/matching";

export type SheetRow = SceneDraft["rows"][number];
export type ColumnName =
  | "tags"
  | "who"
  | "product_key"
  | "product_name"
  | "url"
  | "price"
  | "moments"
  | "priority"
  | "until"
  | "material";

/** In the order of the sheet; `who` is edited in a panel and not typed. */
export const COLUMNS: readonly ColumnName[] = [
  "tags",
  "who",
  "product_key",
  "product_name",
  "moments",
  "priority",
  "price",
  "url",
  "material",
  "until",
];

const SEPARATORS = /[,，、;；\n]/;
const parts = (text: string): string[] =>
  text
    .split(SEPARATORS)
    .map((one) => one.trim())
    .filter(Boolean);

export const emptyRow = (): SheetRow => ({
  key: "",
  tags: [],
  who: null,
  product: { key: "", name: "", url: "", price: null, material: "" },
  moments: [],
  priority: 0,
  until: null,
});

/** What a cell shows. */
export function textOf(row: SheetRow, column: ColumnName, moments: SceneMoment[]): string {
  switch (column) {
    case "tags":
      return row.tags.join("、");
    case "who":
      return row.who ? "✓" : "";
    case "product_key":
      return row.product.key;
    case "product_name":
      return row.product.name;
    case "url":
      return row.product.url;
    case "price":
      return row.product.price === null || row.product.price === undefined ? "" : String(row.product.price);
    case "material":
      return row.product.material;
    case "moments":
      return row.moments.map((key) => moments.find((one) => one.key === key)?.name ?? key).join("、");
    case "priority":
      return row.priority ? String(row.priority) : "";
    case "until":
      return row.until ?? "";
  }
}

/** The row after a text was put into one of its cells; what cannot be meant leaves it as it was. */
export function withText(row: SheetRow, column: ColumnName, text: string, moments: SceneMoment[]): SheetRow {
  const said = text.trim();
  const product = (part: Partial<SheetRow["product"]>) => ({ ...row, product: { ...row.product, ...part } });
  switch (column) {
    case "tags":
      return { ...row, tags: [...new Set(parts(said))] };
    case "who":
      return row;
    case "product_key":
      return product({ key: said });
    case "product_name":
      return product({ name: said });
    case "url":
      return product({ url: said });
    case "price": {
      const price = numberOf(said);
      return said === "" || price !== null ? product({ price }) : row;
    }
    case "material":
      return product({ material: said });
    case "moments": {
      const known = (name: string) =>
        moments.find((one) => one.name.trim() === name || one.key === name)?.key;
      const keys = parts(said).flatMap((name) => known(name) ?? []);
      return { ...row, moments: [...new Set(keys)] };
    }
    case "priority": {
      const number = said === "" ? 0 : numberOf(said);
      return number === null ? row : { ...row, priority: Math.round(number) };
    }
    case "until":
      return { ...row, until: dayOf(said) };
  }
}

function numberOf(text: string): number | null {
  const bare = text.replace(/[¥￥,，\s]/g, "");
  return bare !== "" && Number.isFinite(Number(bare)) ? Number(bare) : null;
}

/** 2026/3/5 and 2026.3.5 as spreadsheets write them, too. */
function dayOf(text: string): string | null {
  const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text);
  if (!found) return text === "" ? null : text.slice(0, 10);
  return `${found[1]}-${found[2]?.padStart(2, "0")}-${found[3]?.padStart(2, "0")}`;
}

/** What a spreadsheet puts on the clipboard: lines of cells, a cell with line ends in quotes. */
export function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  const body = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < body.length; at++) {
    const letter = body[at] ?? "";
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (body[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === "\t" || letter === "\n") {
      rows.at(-1)?.push(cell);
      cell = "";
      if (letter === "\n") rows.push([]);
    } else cell += letter;
  }
  rows.at(-1)?.push(cell);
  return rows;
}

/** The rows after a block was pasted with its corner at a cell; the sheet grows downwards. */
export function pasted(
  rows: SheetRow[],
  at: { row: number; column: number },
  block: string[][],
  moments: SceneMoment[],
): SheetRow[] {
  const next = [...rows];
  block.forEach((cells, down) => {
    const place = at.row + down;
    let row = next[place] ?? emptyRow();
    cells.forEach((text, across) => {
      const column = COLUMNS[at.column + across];
      if (column) row = withText(row, column, text, moments);
    });
    next[place] = row;
  });
  return next;
}

/** A state with its past and what was taken back. */
export interface History<T> {
  now: T;
  past: T[];
  future: T[];
}
const MOST_STEPS = 200;

export const begun = <T>(now: T): History<T> => ({ now, past: [], future: [] });

export const changed = <T>(history: History<T>, next: T): History<T> =>
  next === history.now
    ? history
    : { now: next, past: [...history.past, history.now].slice(-MOST_STEPS), future: [] };

export function undone<T>({ now, past, future }: History<T>): History<T> {
  const before = past.at(-1);
  return before === undefined
    ? { now, past, future }
    : { now: before, past: past.slice(0, -1), future: [now, ...future] };
}

export function redone<T>({ now, past, future }: History<T>): History<T> {
  const [next, ...rest] = future;
  return next === undefined ? { now, past, future } : { now: next, past: [...past, now], future: rest };
}
