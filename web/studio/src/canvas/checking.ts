/** Asks the server what is wrong while drawing, and pins each problem on its very node. */
import { Unreachable } from "@/api/problem";

import { check } from "./api";
import { useCanvas } from "./store";

const QUIET_MS = 600;

export function startChecking(): () => void {
  let timer = 0;
  let running: AbortController | null = null;
  const now = async () => {
    const { journey, history, problems, setProblems } = useCanvas.getState();
    const definition = history.present;
    if (!journey || problems.of === definition) return;
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    try {
      const answer = await check(journey.id, definition, signal);
      if (!signal.aborted) setProblems(answer.problems, definition);
    } catch (problem) {
      // Offline, or the shape itself is refused: saving says so with its path; the old pins stay.
      if (!signal.aborted && !(problem instanceof Unreachable))
        setProblems(useCanvas.getState().problems.list, definition);
    }
  };
  const later = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void now(), QUIET_MS);
  };
  void now();
  const stop = useCanvas.subscribe((state, before) => {
    if (state.history.present !== before.history.present) later();
  });
  return () => {
    stop();
    window.clearTimeout(timer);
    running?.abort();
  };
}
