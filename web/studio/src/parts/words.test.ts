import dayjs from "dayjs";
import { describe, expect, it } from "vitest";

import { fromNow, spaced } from "./dates";
import { durationWords } from "./duration";
import { blocks, spans } from "./markdownBlocks";

describe("durations in words", () => {
  it.each([
    ["P7D", "7 天", "7 days"],
    ["P1D", "1 天", "1 day"],
    ["PT2H30M", "2 小时 30 分钟", "2 hours 30 minutes"],
    ["P1Y2M", "1 年 2 个月", "1 year 2 months"],
    ["P2W", "2 周", "2 weeks"],
    ["-P3D", "提前 3 天", "3 days before"],
    ["P0D", "0 天", "0 days"],
    ["soon", "soon", "soon"],
    ["P", "P", "P"],
  ])("says %s", (iso, zh, en) => {
    expect(durationWords(iso, "zh")).toBe(zh);
    expect(durationWords(iso, "en")).toBe(en);
  });
});

describe("Chinese typography", () => {
  it("parts Chinese from Latin letters and digits by a space, once", () => {
    expect(spaced("在3天前用API发送")).toBe("在 3 天前用 API 发送");
    expect(spaced("3 天前")).toBe("3 天前");
  });

  it("holds for relative times", () => {
    expect(fromNow(dayjs().subtract(3, "day").toISOString())).toBe("3 天前");
  });
});

describe("a README's Markdown", () => {
  it("falls into headings, paragraphs, lists, tables and code", () => {
    const text =
      "# 标题\n\n第一段\n接着写\n\n* 一\n  还是一\n* 二\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n1. 首先";
    expect(blocks(text)).toEqual([
      { kind: "heading", level: 1, text: "标题" },
      { kind: "paragraph", text: "第一段接着写" },
      { kind: "list", ordered: false, items: ["一还是一", "二"] },
      {
        kind: "table",
        rows: [
          ["a", "b"],
          ["1", "2"],
        ],
      },
      { kind: "code", text: "code" },
      { kind: "list", ordered: true, items: ["首先"] },
    ]);
  });

  it("joins broken Latin lines by a space", () => {
    expect(blocks("one\ntwo")).toEqual([{ kind: "paragraph", text: "one two" }]);
  });

  it("marks bold and code inside a line and leaves HTML as text", () => {
    expect(spans("**要**的`code`与<b>")).toEqual([
      { kind: "bold", text: "要" },
      { kind: "text", text: "的" },
      { kind: "code", text: "code" },
      { kind: "text", text: "与<b>" },
    ]);
  });
});
