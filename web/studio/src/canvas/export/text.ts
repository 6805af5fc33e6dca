/** Text on a picture has no box that cuts it: it is measured, cut and broken here. */

export type Measure = (text: string, size: number, weight: number) => number;

const WIDE = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/;

/** How wide text is when nobody can measure it: a Chinese character is as wide as high. */
export const guessed: Measure = (text, size, weight) => {
  let width = 0;
  for (const sign of text) width += WIDE.test(sign) ? 1 : 0.56;
  return width * size * (weight >= 600 ? 1.04 : 1);
};

/** As the browser itself will set it. */
export function measured(family: string): Measure {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) return guessed;
  return (text, size, weight) => {
    pen.font = `${weight} ${size}px ${family}`;
    return pen.measureText(text).width;
  };
}

/** The text, cut with an ellipsis if it is wider than the room for it. */
export function cut(text: string, room: number, size: number, weight: number, measure: Measure): string {
  if (measure(text, size, weight) <= room) return text;
  const signs = [...text];
  let [low, high] = [0, signs.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const fits = measure(`${signs.slice(0, middle).join("")}…`, size, weight) <= room;
    if (fits) low = middle;
    else high = middle - 1;
  }
  return `${signs.slice(0, low).join("").trimEnd()}…`;
}

/** The text in at most so many lines; the last one is cut. Latin words stay whole where they can. */
export function broken(
  text: string,
  room: number,
  lines: number,
  size: number,
  weight: number,
  measure: Measure,
): string[] {
  const result: string[] = [];
  for (const paragraph of text.split("\n")) {
    let rest = paragraph.trim();
    while (rest && result.length < lines) {
      if (result.length === lines - 1) result.push(cut(rest, room, size, weight, measure));
      const line = result.length === lines ? "" : headOf(rest, room, size, weight, measure);
      if (line) result.push(line.trim());
      rest = result.length === lines ? "" : rest.slice(line.length).trimStart();
    }
  }
  return result;
}

function headOf(text: string, room: number, size: number, weight: number, measure: Measure): string {
  if (measure(text, size, weight) <= room) return text;
  let line = "";
  for (const part of text.match(/[\w.,:%/-]+\s*|./gu) ?? []) {
    if (line && measure(line + part.trimEnd(), size, weight) > room) return line;
    line += part;
  }
  return line;
}

const SIGNS: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
/** Text as it may stand in XML; what XML cannot hold at all is left out. */
export const plain = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/[&<>"']/g, (sign) => SIGNS[sign]!);
