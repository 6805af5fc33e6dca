/** Files made of the drawing and handed to the browser to keep. */
import { address } from "@/api/client";

import { saveNow } from "../autosave";
import { sceneOf } from "../flow/scene";
import { flowDrawer } from "../flow/toFlow";
import { definitionNow, useCanvas } from "../store";
import type { CardWords } from "./cards";
import { paintOfPage } from "./paint";
import { pictureOf, type Picture } from "./svg";
import { measured } from "./text";

/** No browser paints larger sheets than about this. */
const LONGEST_SIDE = 16_000;
const MOST_PIXELS = 120_000_000;
const SHARP = 2;

/** A file's name from the journey's: what no system allows in names is left out. */
const fileName = (ending: string): string => {
  const { journey } = useCanvas.getState();
  const name = (journey?.name ?? "journey").replace(/[\\/:*?"<>|\s]+/g, " ").trim();
  return `${name || journey?.key || "journey"}.${ending}`;
};

function keep(content: Blob, ending: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = fileName(ending);
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function picture(words: CardWords): Picture {
  const { catalogue, names, journey } = useCanvas.getState();
  const paint = paintOfPage();
  const scene = sceneOf(flowDrawer()(definitionNow(), { catalogue, names }));
  return pictureOf(scene, journey?.name ?? "", { paint, words, measure: measured(paint.family) });
}

export function keepSvg(words: CardWords): void {
  keep(new Blob([picture(words).svg], { type: "image/svg+xml" }), "svg");
}

/** Twice as many pixels as on a plain screen; fewer where the drawing is larger than a browser can paint. */
export function scaleFor(width: number, height: number): number {
  const side = LONGEST_SIDE / Math.max(width, height);
  return Math.min(SHARP, side, Math.sqrt(MOST_PIXELS / (width * height)));
}

export async function keepPng(words: CardWords): Promise<void> {
  const { svg, width, height } = picture(words);
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const scale = scaleFor(width, height);
  const sheet = document.createElement("canvas");
  sheet.width = Math.round(width * scale);
  sheet.height = Math.round(height * scale);
  sheet.getContext("2d")?.drawImage(image, 0, 0, sheet.width, sheet.height);
  URL.revokeObjectURL(image.src);
  const content = await new Promise<Blob | null>((done) => sheet.toBlob(done, "image/png"));
  if (content) keep(content, "png");
  else useCanvas.getState().say("notice.too-large");
}

export function keepJson(): void {
  const text = `${JSON.stringify(definitionNow(), null, 2)}\n`;
  keep(new Blob([text], { type: "application/json" }), "json");
}

/** The forms that the server writes, of the draft as it is on the canvas now. */
export async function keepFromServer(form: "mermaid" | "scxml"): Promise<void> {
  const { journey } = useCanvas.getState();
  if (!journey) return;
  await saveNow();
  const answer = await fetch(address(`journeys/${journey.id}/export`, { as: form }), {
    credentials: "same-origin",
  });
  if (!answer.ok) return useCanvas.getState().say("notice.cannot-export");
  keep(await answer.blob(), form === "mermaid" ? "mmd" : "scxml");
}
