import { ApiProblem } from "@/api/problem";

import type { ColumnName } from "./sheet";

/** What the server found wrong, at the cells where it stands: `row column` to its sentence. */
export function wrongCells(problem: unknown): Map<string, string> {
  const found = new Map<string, string>();
  if (!(problem instanceof ApiProblem)) return found;
  for (const { path, message } of problem.entries) {
    const at = /^rows\[(\d+)\]\.(product\.)?(\w+)/.exec(path);
    if (!at) continue;
    const [, row = "", product, part = ""] = at;
    const column = (product && (part === "key" || part === "name") ? `product_${part}` : part) as ColumnName;
    found.set(`${row} ${column}`, message);
  }
  return found;
}
