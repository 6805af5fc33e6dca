import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { fakeApi, page, session, workspace } from "@/test/fakeApi";
import { renderAt } from "@/test/renderAt";

const paid = {
  id: 9,
  contact_id: 3,
  group_id: null,
  who: "林晓",
  name: "order_paid",
  event_id: null,
  occurred_at: "2026-11-01T00:00:00+00:00",
  stored_at: "2026-11-01T00:00:00+00:00",
  properties: { amount: 199, phone: "***" },
};
const viewer = { ...workspace, role: "viewer" as const };

describe("the live view of events", () => {
  it("shows who and what, and asks for one customer and one event alone", async () => {
    const api = fakeApi({
      "GET session": { ...session, workspaces: [viewer], workspace: viewer },
      "GET event-catalogue": page([
        {
          name: "order_paid",
          title: "",
          called: "付款",
          days: [],
          properties: {},
          warnings: 0,
          last_seen: null,
        },
      ]),
      "GET contacts": page([
        { id: 3, name: "林晓", external_id: "c-3", identities: {}, attributes: {}, tags: [] },
      ]),
      "GET events": ({ query }) => (query.get("contact_id") === "3" ? page([]) : page([paid])),
    });
    const { person } = renderAt("/events/live");
    expect((await screen.findByRole("link", { name: "林晓" })).getAttribute("href")).toBe("/contacts/3");
    expect(screen.getByText("付款")).toBeTruthy();
    expect(screen.getByText("199")).toBeTruthy();
    expect(screen.getByText(/个人信息已打上星号/)).toBeTruthy();
    await person.click(screen.getByRole("combobox", { name: "只看这位客户" }));
    await person.click(await screen.findByText("林晓 · c-3"));
    expect(await screen.findByText("没有这样的事件")).toBeTruthy();
    await waitFor(() =>
      expect(api.of("GET events").some((one) => one.query.get("contact_id") === "3")).toBe(true),
    );
  });
});
