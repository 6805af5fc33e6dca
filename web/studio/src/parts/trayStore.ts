/** Which ended work was put away; kept in the browser, since it is one person's tray. */
import { create } from "zustand";

const KEY = "roadbook.tray.away";
/** The server forgets ended work within the hour. */
const MOST = 50;

function read(): string[] {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]") as unknown;
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

export const useTray = create<{ away: readonly string[] }>(() => ({ away: read() }));

export function putAway(key: string): void {
  const away = [key, ...useTray.getState().away.filter((one) => one !== key)].slice(0, MOST);
  useTray.setState({ away });
  try {
    localStorage.setItem(KEY, JSON.stringify(away));
  } catch {
    // A browser without room still keeps it away until this page is left.
  }
}
