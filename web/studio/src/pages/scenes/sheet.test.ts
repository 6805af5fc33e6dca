import { describe, expect, it } from "vitest";

import { bands, example } from "./moments";
import {
  begun,
  cellsOf,
  changed,
  COLUMNS,
  emptyRow,
  pasted,
  redone,
  textOf,
  undone,
  withText,
} from "./sheet";

const { moments } = example("zh", "每日推荐");

describe("a cell", () => {
  it("shows again what was typed into it", () => {
    const typed = {
      tags: "VIP、敏感肌",
      product_key: "mask01",
      product_name: "面膜",
      url: "https://shop.example/mask",
      price: "99.5",
      material: "hello",
      moments: "午休、晚间在家",
      priority: "3",
      until: "2026-12-31",
    } as const;
    let row = emptyRow();
    for (const [column, text] of Object.entries(typed)) {
      row = withText(row, column as keyof typeof typed, text, moments);
      expect(textOf(row, column as keyof typeof typed, moments)).toBe(text);
    }
  });

  it("takes what spreadsheets write", () => {
    expect(withText(emptyRow(), "price", "¥1,099", moments).product.price).toBe(1099);
    expect(withText(emptyRow(), "until", "2026/3/5", moments).until).toBe("2026-03-05");
    expect(withText(emptyRow(), "tags", "a，b; b", moments).tags).toEqual(["a", "b"]);
    expect(withText(emptyRow(), "moments", "noon, 半夜", moments).moments).toEqual(["noon"]);
  });

  it("keeps its number when the text is none", () => {
    const row = withText(emptyRow(), "price", "12", moments);
    expect(withText(row, "price", "twelve", moments)).toBe(row);
    expect(withText(row, "price", "", moments).product.price).toBeNull();
  });
});

describe("a block from a spreadsheet", () => {
  it("is taken apart, quoted cells with line ends among them", () => {
    expect(cellsOf('a\tb\r\n"x\n""y"""\t\r\n')).toEqual([
      ["a", "b"],
      ['x\n"y"', ""],
    ]);
  });

  it("goes where its corner is and makes the sheet longer", () => {
    const rows = pasted(
      [emptyRow()],
      { row: 0, column: COLUMNS.indexOf("product_key") },
      cellsOf("a\t甲\nb\t乙"),
      moments,
    );
    expect(rows.map((row) => [row.product.key, row.product.name])).toEqual([
      ["a", "甲"],
      ["b", "乙"],
    ]);
  });

  it("loses what lies beyond the last column", () => {
    const wide = [Array.from({ length: 40 }, () => "2026-01-01")];
    expect(pasted([], { row: 0, column: COLUMNS.length - 1 }, wide, moments)[0]?.until).toBe("2026-01-01");
  });
});

it("what was done can be taken back and done again", () => {
  const done = changed(changed(begun(1), 2), 3);
  expect(undone(undone(undone(done))).now).toBe(1);
  expect(redone(undone(done)).now).toBe(3);
  expect(redone(changed(undone(done), 9)).now).toBe(9);
});

describe("the bands of a day", () => {
  it("are shares of it", () => {
    expect(bands({ from: "06:00", to: "12:00" })).toEqual([{ left: 0.25, width: 0.25 }]);
  });
  it("go over midnight in two pieces", () => {
    const [night, morning] = bands({ from: "18:00", to: "06:00" });
    expect(night).toEqual({ left: 0.75, width: 0.25 });
    expect(morning).toEqual({ left: 0, width: 0.25 });
  });
});
