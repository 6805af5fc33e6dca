import type { ImportKind } from "@/api/imports";

const PEOPLE = [
  ["external_id", "name", "phone", "tags", "city", "birthday", "skin_type"],
  ["c-1001", "林晓", "13800000001", "新客;直播间", "上海", "1996-05-12", "混合肌"],
  ["c-1002", "周然", "13800000002", "老客", "杭州", "1991-11-03", "干皮"],
  ["c-1003", "Chen Yu", "13800000003", "新客", "成都", "1999-02-28", "油皮"],
];

const ORDERS = [
  ["event_name", "external_id", "occurred_at", "event_id", "amount", "item"],
  ["order_paid", "c-1001", "2026-03-01 10:20", "o-5001", "199", "保湿面霜"],
  ["order_paid", "c-1002", "2026-03-01 18:45", "o-5002", "89", "洁面乳"],
  ["store_visited", "c-1003", "2026-03-02 14:05", "", "", ""],
];

/** Under which name a sample is saved. */
export const SAMPLES: Record<ImportKind, string> = {
  contacts: "contacts-sample.csv",
  events: "events-sample.csv",
  list: "list-sample.csv",
};

/** With this mark in front, Excel reads the file as UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";

/** A small file of invented customers or orders to try the import with, as an address to download from. */
export function sampleFile(kind: ImportKind = "contacts"): string {
  const rows = kind === "events" ? ORDERS : PEOPLE;
  const csv = BYTE_ORDER_MARK + rows.map((row) => row.join(",")).join("\r\n") + "\r\n";
  return `data:text/csv;charset=utf-8,${encodeURIComponent(csv)}`;
}
