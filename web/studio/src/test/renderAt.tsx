import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createMemoryRouter } from "react-router";

import { newQueries } from "@/api/queries";
import { App } from "@/app/App";
import { routes } from "@/app/routes";

/** The whole studio at an address, with a person in front of it. */
export function renderAt(path: string) {
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  render(<App router={router} queries={newQueries()} />);
  return { person: userEvent.setup(), router };
}
