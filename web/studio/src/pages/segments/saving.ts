/** Charts and tables as files. */

const FORMULA = /^[\s'"\ufeff\u3000]*[=+\-@\t\r\n＝＋－＠]/;
const SHARP = 2;

/** A table as CSV that a spreadsheet opens as text: no cell becomes a formula. */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string => {
    const text = String(value);
    const safe = typeof value === "string" && FORMULA.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

export function saveTable(name: string, rows: readonly (readonly (string | number)[])[]): void {
  keep(new Blob([csvOf(rows)], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
}

/** A drawing as a picture, with the colours that it has on this page. */
export async function saveImage(name: string, drawing: SVGSVGElement): Promise<void> {
  const { width, height } = drawing.viewBox.baseVal;
  const source = new XMLSerializer().serializeToString(painted(drawing));
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([source], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * SHARP;
  canvas.height = height * SHARP;
  const paper = canvas.getContext("2d")!;
  paper.fillStyle = getComputedStyle(document.body).backgroundColor;
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob) keep(blob, `${name}.png`);
}

const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "opacity", "font-size", "font-weight"];

/** A copy that carries its own styles, for outside this page there are none. */
function painted(drawing: SVGSVGElement): SVGSVGElement {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const { width, height } = drawing.viewBox.baseVal;
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const originals = drawing.querySelectorAll<SVGElement>("*");
  copy.querySelectorAll<SVGElement>("*").forEach((one, place) => {
    const seen = getComputedStyle(originals[place]!);
    for (const style of STYLES) one.style.setProperty(style, seen.getPropertyValue(style));
    one.style.setProperty("font-family", "sans-serif");
    one.removeAttribute("class");
  });
  return copy;
}

function keep(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
