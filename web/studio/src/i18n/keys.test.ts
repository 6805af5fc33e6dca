import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, expect, it } from "vitest";

import en from "./en";
import zh from "./zh";

const SOURCE = join(import.meta.dirname, "..");
const PLURAL = /_(one|other)$/;

/** The canvas keeps texts of its own, under a namespace of its own. */
const ELSEWHERE = ["i18n", "canvas"];

/** Every key of a tree of texts, with its way from the root. */
function keysOf(tree: object, way = ""): string[] {
  return Object.entries(tree).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "object" && value !== null ? keysOf(value, `${way}${name}.`) : [`${way}${name}`],
  );
}

function sourceFiles(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
    .filter(
      (name) =>
        /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !ELSEWHERE.includes(name.split(sep)[0]!),
    )
    .map((name) => readFileSync(join(SOURCE, name), "utf8"));
}

const plain = (tree: object) => [...new Set(keysOf(tree).map((key) => key.replace(PLURAL, "")))].sort();

/** What the code asks for: whole keys, and keys that are put together such as `carriers.${carrier}`. */
function asked(): { whole: Set<string>; puzzles: RegExp[] } {
  const code = sourceFiles().join("\n");
  const whole = new Set(
    [...code.matchAll(/["'`]([a-zA-Z][\w-]*(?:\.[\w:-]+)+)["'`]/g)].map((match) => match[1]!),
  );
  const put = [...code.matchAll(/`([a-zA-Z]\w*\.[\w.:-]*)\$\{[^`]*\}([\w.]*)`/g)];
  const puzzles = put.map(([, beginning, end]) => new RegExp(`^${beginning}[\\w:-]*${end}$`));
  return { whole, puzzles };
}

describe("the texts", () => {
  it("are complete in both languages", () => {
    expect(plain(en)).toEqual(plain(zh));
  });

  it("leave no place of the other language's text unfilled", () => {
    const places = (tree: object) =>
      Object.fromEntries(
        flat(tree).map(([key, text]) => [
          key.replace(PLURAL, ""),
          [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort(),
        ]),
      );
    expect(places(en)).toEqual(places(zh));
  });

  it("are all asked for", () => {
    const { whole, puzzles } = asked();
    const unused = plain(zh).filter((key) => !whole.has(key) && !puzzles.some((puzzle) => puzzle.test(key)));
    expect(unused).toEqual([]);
  });

  it("answer every key that the code asks for", () => {
    const known = new Set(plain(zh));
    const rooms = new Set(Object.keys(zh));
    const called = [
      ...sourceFiles()
        .join("\n")
        .matchAll(/\bt\(\s*"([^"]+)"/g),
    ].map((match) => match[1]!);
    expect(called.filter((key) => rooms.has(key.split(".")[0]!) && !known.has(key))).toEqual([]);
    expect(called.filter((key) => !rooms.has(key.split(".")[0]!))).toEqual([]);
  });

  it("put a space between Chinese and Latin letters or digits", () => {
    const tight = flat(zh).filter(([, text]) =>
      /[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]/.test(text),
    );
    expect(tight).toEqual([]);
  });

  it("use full-width punctuation in Chinese", () => {
    const half = flat(zh).filter(([, text]) => /[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff]\.(\s|$)/.test(text));
    expect(half).toEqual([]);
  });
});

function flat(tree: object, way = ""): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "string"
      ? [[`${way}${name}`, value] as [string, string]]
      : flat(value as object, `${way}${name}.`),
  );
}
