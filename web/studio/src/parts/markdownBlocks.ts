export type Block =
  | { kind: "heading"; level: number; text: string }
  | { kind: "list"; ordered: boolean; items: string[] }
  | { kind: "table"; rows: string[][] }
  | { kind: "code"; text: string }
  | { kind: "paragraph"; text: string };

const HEADING = /^(#{1,6})\s+(.*)$/;
const ITEM = /^\s*(?:[-*]|(\d+)\.)\s+(.*)$/;
const ROW = /^\s*\|(.*)\|\s*$/;
const RULE_ROW = /^[\s|:-]+$/;

/** Cut a Markdown text into blocks; whatever is not known is a paragraph, so nothing gets lost. */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  const lines = text.replace(/\r\n/g, "\n").split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line.startsWith("```")) {
      const end = lines.findIndex((other, index) => index > at && other.startsWith("```"));
      const stop = end < 0 ? lines.length : end;
      found.push({ kind: "code", text: lines.slice(at + 1, stop).join("\n") });
      at = stop;
    } else {
      take(found, line, at > 0 && (lines[at - 1] ?? "").trim() === "");
    }
  }
  return found;
}

function take(found: Block[], line: string, fresh: boolean): void {
  const last = found.at(-1);
  const heading = HEADING.exec(line);
  const item = ITEM.exec(line);
  const row = ROW.exec(line);
  if (line.trim() === "") return;
  if (heading) found.push({ kind: "heading", level: heading[1]?.length ?? 1, text: heading[2] ?? "" });
  else if (item) takeItem(found, last, item[1] !== undefined, item[2] ?? "");
  else if (row) takeRow(found, last, line, row[1] ?? "");
  else if (last?.kind === "list" && !fresh && /^\s+/.test(line)) join(last, line);
  else if (last?.kind === "paragraph" && !fresh) last.text = glued(last.text, line.trim());
  else found.push({ kind: "paragraph", text: line.trim() });
}

function takeItem(found: Block[], last: Block | undefined, ordered: boolean, text: string): void {
  if (last?.kind === "list" && last.ordered === ordered) last.items.push(text);
  else found.push({ kind: "list", ordered, items: [text] });
}

function takeRow(found: Block[], last: Block | undefined, line: string, inner: string): void {
  if (RULE_ROW.test(line)) return;
  const cells = inner.split("|").map((cell) => cell.trim());
  if (last?.kind === "table") last.rows.push(cells);
  else found.push({ kind: "table", rows: [cells] });
}

function join(list: { items: string[] }, line: string): void {
  const item = list.items.pop() ?? "";
  list.items.push(glued(item, line.trim()));
}

/** A line break inside Chinese text is nothing; inside Latin text it is a space. */
function glued(before: string, after: string): string {
  return /[\u3000-\u9fff\uff00-\uffef]$/.test(before) ? before + after : `${before} ${after}`;
}

export interface Span {
  kind: "text" | "bold" | "code";
  text: string;
}

const MARKED = /(\*\*[^*]+\*\*|`[^`]+`)/;

export function spans(text: string): Span[] {
  return text
    .split(MARKED)
    .filter(Boolean)
    .map((piece): Span => {
      if (piece.startsWith("**")) return { kind: "bold", text: piece.slice(2, -2) };
      if (piece.startsWith("`") && piece.length > 1) return { kind: "code", text: piece.slice(1, -1) };
      return { kind: "text", text: piece };
    });
}
