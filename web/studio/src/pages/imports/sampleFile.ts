const ROWS = [
  ["external_id", "name", "phone", "tags", "city", "birthday", "skin_type"],
  ["c-1001", "林晓", "13800000001", "新客;直播间", "上海", "1996-05-12", "混合肌"],
  ["c-1002", "周然", "13800000002", "老客", "杭州", "1991-11-03", "干皮"],
  ["c-1003", "Chen Yu", "13800000003", "新客", "成都", "1999-02-28", "油皮"],
];

/** With this mark in front, Excel reads the file as UTF-8. */
const BYTE_ORDER_MARK = "\ufeff";

/** A small file of invented customers to try the import with, as an address to download from. */
export function sampleFile(): string {
  const csv = BYTE_ORDER_MARK + ROWS.map((row) => row.join(",")).join("\r\n") + "\r\n";
  return `data:text/csv;charset=utf-8,${encodeURIComponent(csv)}`;
}
