import { describe, expect, it } from "vitest";

import { changingEn } from "./changing.en";
import { changingZh } from "./changing.zh";
import { storyEn } from "./story.en";
import { storyZh } from "./story.zh";

const flat = (texts: object, path = ""): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[`${path}${key}`, value] as [string, string]]
      : flat(value as object, `${path}${key}.`),
  );
const placesIn = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe.each([
  ["publishing and versions", changingZh, changingEn],
  ["conflicts and stories", storyZh, storyEn],
])("the texts of %s", (_what, zh, en) => {
  it("are complete in both languages, with the same places to fill in", () => {
    const english = new Map(flat(en));
    expect([...english.keys()].sort()).toEqual(flat(zh).map(([key]) => key).sort()); // prettier-ignore
    for (const [key, text] of flat(zh)) {
      // A place may be said once in one language and twice in the other, but never only in one.
      expect([key, new Set(placesIn(english.get(key)!))]).toEqual([key, new Set(placesIn(text))]);
    }
  });

  it("have a space between Chinese and Latin letters or digits, and full-width signs", () => {
    const wrong = flat(zh).filter(
      ([, text]) =>
        /[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]/.test(text) ||
        /[\u4e00-\u9fff][,;:!?]/.test(text),
    );
    expect(wrong).toEqual([]);
  });
});
