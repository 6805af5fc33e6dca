import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { fakeApi, page, session } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

const earn = { key: "r1", points: 10, times: null, per_day: 50 };
const scheme = {
  key: "points_1",
  name: "会员积分",
  attribute: "points_points_1",
  earn: [
    { ...earn, event: "group_message", called: "群内发言", seen: true },
    { ...earn, event: "own_one", called: "own_one", seen: false, per_day: null },
  ],
  exchange: [],
  expires_days: null,
  people: 0,
  balance: 0,
  added: 0,
  taken: 0,
};

describe("a scheme of points", () => {
  it("calls events by their names, says which never came, and saves only what was asked", async () => {
    const api = fakeApi({
      "GET session": session,
      "GET points": page([scheme]),
      "GET points/points_1/holders": page([]),
      "GET coupons": page([]),
      "GET event-types": page([{ name: "order_paid", title: "支付订单" }]),
      "PATCH points/points_1": scheme,
    });
    const { person } = renderAt("/coupons/points");
    expect(await screen.findByText(/群内发言：\+10 分，每天最多 50/)).toBeTruthy();
    expect(screen.getAllByText("还没收到过这个事件")).toHaveLength(1);
    await person.click(screen.getByRole("button", { name: "修改" }));
    const field = (await screen.findAllByRole("combobox", { name: "事件" }))[1]!;
    await person.clear(field);
    await person.type(field, "支付");
    await person.click(await screen.findByText("支付订单 · order_paid"));
    await person.click(screen.getByRole("button", { name: "保存" }));
    await waitFor(() => expect(api.of("PATCH points/points_1")).toHaveLength(1));
    expect(api.of("PATCH points/points_1")[0]?.body).toMatchObject({
      earn: [
        { event: "group_message", points: 10, times: null, per_day: 50 },
        { event: "order_paid", points: 10, times: null, per_day: null },
      ],
    });
  });
});
