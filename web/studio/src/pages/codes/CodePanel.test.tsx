import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

describe("a channel code", () => {
  it("divides newcomers by an attribute", async () => {
    const api = fakeApi({
      "GET session": session,
      "GET codes": page([]),
      "GET contents": page([]),
      "GET staff": page([{ id: 1, key: "lin", name: "林" }]),
      "GET attribute-types": page([
        { name: "city", title: "城市", type: "text" },
        { name: "age", title: "年龄", type: "number" },
      ]),
      "POST codes": { key: "store" },
    });
    const { person } = renderAt("/codes");
    await person.click(await screen.findByRole("button", { name: "新建渠道码" }));
    await person.type(await screen.findByLabelText("名称"), "门店码");
    await person.click(screen.getAllByRole("combobox", { name: "接待员工" })[0]!);
    await person.click(await screen.findByTitle("林"));
    expect(screen.queryByLabelText("按哪个属性")).toBeNull();
    await person.click(screen.getByRole("combobox", { name: "分流方式" }));
    await person.click(await screen.findByTitle("按客户属性分给顾问"));
    await person.click(await screen.findByRole("combobox", { name: "按哪个属性" }));
    expect(screen.queryByTitle("年龄（age）")).toBeNull();
    await person.click(await screen.findByTitle("城市（city）"));
    await person.click(screen.getByRole("button", { name: "再加一个值" }));
    await person.type(screen.getByLabelText("属性值"), "杭州");
    await person.click(screen.getByRole("combobox", { name: "由谁跟进" }));
    await person.click((await screen.findAllByTitle("林")).at(-1)!);
    await person.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => expect(api.of("POST codes")).toHaveLength(1));
    expect(api.of("POST codes")[0]?.body).toMatchObject({
      route: { mode: "attribute", attribute: "city", places: { 杭州: ["lin"] } },
    });
  });
});
