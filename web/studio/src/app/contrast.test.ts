import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "theme.css"), "utf8");
const AA = 4.5;

function colours(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split("}")[0] ?? "";
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]),
  );
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const kinds = ["time", "choice", "reach", "people", "data"];

/** Which words stand on which ground. */
const pairs: [string, string][] = [
  ...["ink", "ink-2", "ink-3", "brand", "bad", "warn", "good"].flatMap((ink): [string, string][] => [
    [ink, "paper"],
    [ink, "sheet"],
    [ink, "sheet-2"],
  ]),
  ["bad", "bad-soft"],
  ["warn", "warn-soft"],
  ["good", "good-soft"],
  ["brand", "brand-soft"],
  ["ink", "brand-soft"],
  ["on-brand", "brand"],
  ["rail-ink", "rail"],
  ["rail-ink-on", "rail-on"],
  ["ink", "phone-bubble"],
  ["ink-2", "phone-ground"],
  ...kinds.flatMap((kind): [string, string][] => [
    [`kind-${kind}`, `kind-${kind}-soft`],
    [`kind-${kind}`, "sheet"],
  ]),
];

describe.each([
  ["light", ":root"],
  ["dark", ':root[data-theme="dark"]'],
])("the %s theme", (_, selector) => {
  const paint = colours(selector);
  it.each(pairs)("lets %s be read on %s", (ink, ground) => {
    expect(contrast(paint[ink] ?? "#000000", paint[ground] ?? "#000000")).toBeGreaterThanOrEqual(AA);
  });
});
