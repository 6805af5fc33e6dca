import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Input } from "antd";
import { useState } from "react";
import { describe, expect, it } from "vitest";

import { SideSheet } from "./SideSheet";

/** Two buttons, each of which opens the panel, in which a field takes the focus. */
function Desk({ kept }: { kept: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button onClick={() => setOpen(true)}>one</button>
      <button onClick={() => setOpen(true)}>other</button>
      {(kept || open) && (
        <SideSheet open={open} onClose={() => setOpen(false)} title="panel" destroyOnHidden>
          <Input autoFocus aria-label="field" />
        </SideSheet>
      )}
    </>
  );
}

describe("a panel that is gone", () => {
  it.each([
    ["that stays and hides", true],
    ["that is taken out", false],
  ])("gives the keyboard back to whatever opened it: one %s", async (_, kept) => {
    const person = userEvent.setup();
    render(<Desk kept={kept} />);
    for (const name of ["one", "other"]) {
      const opener = screen.getByRole("button", { name });
      await person.click(opener);
      await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("field")));
      await person.keyboard("{Escape}");
      await waitFor(() => expect(document.activeElement).toBe(opener));
    }
  });
});
