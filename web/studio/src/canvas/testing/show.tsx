/** Draws a part of the editor in tests, with what it needs around it. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { App, ConfigProvider } from "antd";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";

import type { Journey } from "@/api/types";

import type { Definition } from "../model/definition";
import { plainNames } from "../model/words/names";
import { openJourney, useCanvas } from "../store";
import { catalogue } from "./kinds";

export const liveJourney = (change: Partial<Journey> = {}): Journey => ({
  id: 1,
  key: "k",
  name: "美妆新客旅程",
  status: "live",
  revision: 4,
  live_version: { number: 3, published_at: "2026-11-01T00:00:00+00:00" },
  inside: 60,
  subject: "contact",
  on_resume: "skip",
  paused_at: null,
  template: null,
  can: ["publish", "pause", "archive"],
  created_at: "2026-10-01T00:00:00+00:00",
  updated_at: "2026-11-01T00:00:00+00:00",
  ...change,
});

export function openFor(definition: Definition, journey = liveJourney(), readOnly = false): void {
  useCanvas.getState().setWords(catalogue, plainNames("zh"));
  const draft = {
    revision: journey.revision,
    definition: definition as never,
    updated_at: "",
    updated_by: "",
  };
  openJourney(journey, draft, readOnly);
}

export function show(part: ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <MemoryRouter>
      <QueryClientProvider client={client}>
        <ConfigProvider button={{ autoInsertSpace: false }}>
          <App>{part}</App>
        </ConfigProvider>
      </QueryClientProvider>
    </MemoryRouter>,
  );
}
