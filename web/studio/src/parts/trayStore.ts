/** Long work that somebody started here and may leave: kept in the browser until its end has been seen. */
import { create } from "zustand";

export interface TrayMove {
  journey: number;
  name: string;
  move: number;
}

const KEY = "roadbook.tray";
const MOST = 8;

function read(): TrayMove[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]") as unknown;
    return Array.isArray(kept) ? kept.filter(isMove) : [];
  } catch {
    return [];
  }
}

const isMove = (value: unknown): value is TrayMove => {
  const one = value as Partial<TrayMove> | null;
  return typeof one?.journey === "number" && typeof one.move === "number" && typeof one.name === "string";
};

export const useTray = create<{ moves: TrayMove[] }>(() => ({ moves: read() }));

function keep(moves: TrayMove[]): void {
  useTray.setState({ moves });
  try {
    localStorage.setItem(KEY, JSON.stringify(moves));
  } catch {
    // A browser without room still shows the tray until this page is left.
  }
}

/** Puts a move into the tray; one that is there already keeps its place. */
export function putIntoTray(added: readonly TrayMove[]): void {
  const known = useTray.getState().moves;
  const fresh = added.filter(({ move }) => !known.some((one) => one.move === move));
  keep([...fresh, ...known].slice(0, MOST));
}

export const takeFromTray = (move: number): void =>
  keep(useTray.getState().moves.filter((one) => one.move !== move));
