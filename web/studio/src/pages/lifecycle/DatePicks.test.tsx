import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

const attribute = (name: string, type: string, zh: string) => ({
  name,
  type,
  title: { zh, en: name },
  allowed: null,
  description: "",
  seen_by: "personal",
  strict: false,
  built_in: true,
  declared: false,
  met: true,
  warnings: [],
});

describe("the dates of a lifecycle", () => {
  it("are chosen among the attributes that are dates, each once", async () => {
    fakeApi({
      "GET session": session,
      "GET lifecycles": page([]),
      "GET lifecycles/models": page([
        {
          key: "mother_baby",
          name: "母婴",
          words: "",
          stages: [{ key: "a", name: "备孕", words: "", rule: null, from_days: null }],
          dates: { due: "due_date", birth: "gone_date" },
        },
      ]),
      "GET attributes": page([
        attribute("due_date", "date", "预产期"),
        attribute("child_birth_date", "date", "孩子出生日期"),
        attribute("city", "text", "城市"),
      ]),
    });
    const { person } = renderAt("/lifecycle/new?model=mother_baby");
    expect(await screen.findByText("预产期（due_date）")).toBeTruthy();
    expect(await screen.findByText("没有这个日期属性，请另选一个。")).toBeTruthy();
    await person.click(screen.getByRole("combobox", { name: "宝宝生日（属性）" }));
    const taken = (await screen.findAllByText("预产期（due_date）")).at(-1)!;
    expect(taken.closest(".ant-select-item-option-disabled")).toBeTruthy();
    expect(screen.queryByText("城市（city）")).toBeNull();
    await person.click(screen.getByText("孩子出生日期（child_birth_date）"));
    expect(screen.getAllByTitle("孩子出生日期（child_birth_date）").length).toBeGreaterThan(1);
  });
});
