import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { MemoryRouter } from "react-router";
import { expect, it } from "vitest";

import type { Draft, Journey } from "@/api/types";
import { fakeApi, page } from "@/test/fakeApi";

import "../../i18n";
import type { Definition } from "../../model/definition";
import { plainNames } from "../../model/words/names";
import { openJourney, useCanvas } from "../../store";
import { beauty } from "../../testing/journeys";
import { catalogue } from "../../testing/kinds";
import { SidePanel } from "../SidePanel";

const material = {
  id: 5,
  key: "welcome-beauty",
  name: "欢迎语",
  carrier: "wecom_direct",
  body: { text: "{{ contact.name }}，你好" },
};
const lin = { id: 7, name: "林小满", external_id: "c-7", identities: {}, attributes: {}, tags: [] };

function show(subject: "contact" | "group") {
  const api = fakeApi({
    "GET contents": page([material]),
    "GET contacts": page([lin]),
    "POST contents/preview": ({ body }) =>
      (body as { contact_id?: number }).contact_id === lin.id
        ? { text: "林小满，你好", missing: ["city"] }
        : { text: "［姓名］，你好", missing: [] },
  });
  const journey = { id: 1, key: "k", name: "n", status: "draft" } as Journey;
  const definition: Definition = { ...beauty(), subject };
  useCanvas.getState().setWords(catalogue, plainNames("zh"));
  openJourney(journey, { revision: 1, definition, updated_at: "" } as unknown as Draft, false);
  useCanvas.getState().select(["welcome"], true);
  render(
    <MemoryRouter>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <App>
          <SidePanel />
        </App>
      </QueryClientProvider>
    </MemoryRouter>,
  );
  return api;
}

it("shows the message as the chosen customer would read it, and says what he lacks", async () => {
  const api = show("contact");
  expect(await screen.findByText("［姓名］，你好")).toBeTruthy();
  await userEvent.click(screen.getByRole("combobox", { name: "用哪位客户的资料预览" }));
  await userEvent.click(await screen.findByText("林小满 · c-7"));
  expect(await screen.findByText("林小满，你好")).toBeTruthy();
  expect(screen.getByText(/这位客户没有：city/)).toBeTruthy();
  expect(api.of("POST contents/preview").at(-1)?.body).toEqual({ key: material.key, contact_id: lin.id });
});

it("asks for no customer where a group is written to", async () => {
  show("group");
  expect(await screen.findByText("［姓名］，你好")).toBeTruthy();
  expect(screen.queryByRole("combobox", { name: "用哪位客户的资料预览" })).toBeNull();
});
