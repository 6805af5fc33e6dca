import { create } from "zustand";

export type Mode = "light" | "dark";
export type ModeChoice = Mode | "system";

const STORED_UNDER = "roadbook.theme";
const system = () => window.matchMedia("(prefers-color-scheme: dark)");

interface ThemeState {
  choice: ModeChoice;
  mode: Mode;
  choose: (choice: ModeChoice) => void;
}

function resolve(choice: ModeChoice): Mode {
  if (choice !== "system") return choice;
  return system().matches ? "dark" : "light";
}

function storedChoice(): ModeChoice {
  const stored = localStorage.getItem(STORED_UNDER);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export const useTheme = create<ThemeState>((set) => ({
  choice: "system",
  mode: "light",
  choose: (choice) => {
    localStorage.setItem(STORED_UNDER, choice);
    document.documentElement.dataset.theme = resolve(choice);
    set({ choice, mode: resolve(choice) });
  },
}));

/** Put the stored choice on the page before the first paint, and follow the system when asked to. */
export function startTheme(): void {
  useTheme.getState().choose(storedChoice());
  system().addEventListener("change", () => {
    const { choice, choose } = useTheme.getState();
    if (choice === "system") choose("system");
  });
}
