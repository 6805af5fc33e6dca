import { describe, expect, it } from "vitest";

import { layoutAll } from "../flow/layout";
import { sceneOf } from "../flow/scene";
import { sizesFor } from "../flow/sizes";
import { flowDrawer } from "../flow/toFlow";
import { apply } from "../model/commands";
import type { Definition } from "../model/definition";
import { plainNames } from "../model/words/names";
import { beauty, large } from "../testing/journeys";
import { catalogue } from "../testing/kinds";
import { scaleFor } from "./files";
import { readDefinition } from "./importing";
import { paintWith } from "./paint";
import { pictureOf } from "./svg";
import { broken, cut, guessed } from "./text";

const names = plainNames("zh");
const paint = paintWith((name) => (name === "--font" ? "sans-serif" : "#123456"), false);
const words = {
  from: (a: string) => `从${a}算起`,
  result: (r: string) => r,
  any: "任意阶段",
  anyHint: "随时",
};
const laidOut = (d: Definition) =>
  apply(d, { do: "move", places: layoutAll(d, sizesFor(d, catalogue, "zh")) });
const draw = (d: Definition, title = "旅程") =>
  pictureOf(sceneOf(flowDrawer()(laidOut(d), { catalogue, names })), title, {
    paint,
    words,
    measure: guessed,
  });

describe("the picture", () => {
  it("is whole XML with every card, line and chip in it", () => {
    const d = beauty();
    const { svg, width, height } = draw(d);
    const page = new DOMParser().parseFromString(svg, "image/svg+xml");
    expect(page.querySelector("parsererror")).toBeNull();
    const text = page.documentElement.textContent ?? "";
    for (const stage of d.stages) expect(text).toContain(stage.name);
    expect(text).toContain("1v1 欢迎语");
    expect(text).toContain("已流失");
    expect(page.querySelectorAll("path[marker-end]")).toHaveLength(7);
    expect(Number(page.documentElement.getAttribute("width"))).toBe(width);
    expect(height).toBeGreaterThan(400);
  });

  it("holds everything: no card lies outside the frame", () => {
    const { svg } = draw(large(5, 9));
    const page = new DOMParser().parseFromString(svg, "image/svg+xml");
    const [x, y, w, h] = page.documentElement.getAttribute("viewBox")!.split(" ").map(Number);
    for (const card of page.querySelectorAll("g[transform]")) {
      const [cx, cy] = /translate\((\S+) (\S+)\)/.exec(card.getAttribute("transform")!)!.slice(1).map(Number);
      expect(cx! >= x! && cy! >= y! && cx! < x! + w! && cy! < y! + h!).toBe(true);
    }
  });

  it("carries no colour of the page that would be lost without it, and no text that XML would read", () => {
    const d = beauty();
    const { svg } = draw(apply(d, { do: "rename", id: "trust", name: '<b>&"x"\u0001' }), "a < b & c");
    expect(svg).not.toContain("var(");
    expect(svg).not.toContain("<b>");
    const page = new DOMParser().parseFromString(svg, "image/svg+xml");
    expect(page.querySelector("parsererror")).toBeNull();
    expect(page.querySelector("title")!.textContent).toBe("a < b & c");
  });

  it("becomes as many pixels as a browser can paint, and no more", () => {
    expect(scaleFor(1000, 800)).toBe(2);
    expect(60_000 * scaleFor(60_000, 500)).toBeLessThanOrEqual(16_000);
    const scale = scaleFor(20_000, 20_000);
    expect(20_000 * scale * 20_000 * scale).toBeLessThanOrEqual(120_000_001);
  });
});

describe("text on the picture", () => {
  it("is cut where the room ends", () => {
    expect(cut("短", 100, 12, 400, guessed)).toBe("短");
    const said = cut("一二三四五六七八九十", 60, 12, 400, guessed);
    expect(said.endsWith("…")).toBe(true);
    expect(guessed(said, 12, 400)).toBeLessThanOrEqual(60);
  });

  it("is broken into lines, words kept whole, the last line cut", () => {
    const lines = broken("after seven days at noon and then some more", 90, 2, 12, 400, guessed);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe("after seven");
    expect(lines[1]!.endsWith("…")).toBe(true);
    expect(broken("一\n二\n三", 90, 2, 12, 400, guessed)).toEqual(["一", "二"]);
  });
});

describe("reading a file", () => {
  it("takes our own JSON, also inside an answer of the API", () => {
    const d = beauty();
    expect(readDefinition(JSON.stringify(d))?.stages).toEqual(d.stages);
    expect(readDefinition(JSON.stringify({ definition: d, revision: 4 }))?.steps).toEqual(d.steps);
  });

  it.each(["", "nonsense", "[]", "null", '{"format":2,"stages":[]}', '{"format":1,"stages":[{"name":"x"}]}'])(
    "refuses %s",
    (text) => expect(readDefinition(text)).toBeNull(),
  );
});
