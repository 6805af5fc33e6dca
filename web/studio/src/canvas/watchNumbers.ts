/** Live numbers: read again while the journey runs and somebody looks; what has not changed is not sent again. */
import { getJourney, getStats } from "./api";
import { useCanvas } from "./store";

/** How often, while a layer of numbers is shown and while only the stages' heads are. */
const EVERY_MS = 2000;
const QUIET_EVERY_MS = 5000;
const JOURNEY_EVERY = 5;

export function startNumbers(): () => void {
  let stopped = false;
  let timer = 0;
  let round = 0;
  let known: { of: string; tag: string | null } | null = null;
  const look = async () => {
    window.clearTimeout(timer);
    const { journey, playing, numbersOf } = useCanvas.getState();
    const runs = journey !== null && journey.live_version !== null;
    if (journey && runs && !playing && document.visibilityState === "visible") {
      const of = `${journey.id} ${numbersOf ?? "live"}`;
      const tag = known?.of === of && useCanvas.getState().numbers ? known.tag : null;
      const read = await getStats(journey.id, numbersOf, tag).catch(() => null);
      // Another version may have been chosen meanwhile.
      if (!stopped && read && useCanvas.getState().numbersOf === numbersOf) {
        known = { of, tag: read.tag };
        useCanvas.getState().setNumbers(read.numbers);
      }
      round += 1;
      if (round % JOURNEY_EVERY === 0) {
        const again = await getJourney(journey.id).catch(() => null);
        if (!stopped && again) useCanvas.getState().setJourney(again);
      }
    }
    if (stopped) return;
    const every = useCanvas.getState().layer === "off" ? QUIET_EVERY_MS : EVERY_MS;
    timer = window.setTimeout(() => void look(), every);
  };
  void look();
  // Whoever asks for other numbers sees them at once.
  const forget = useCanvas.subscribe((state, before) => {
    if (state.numbersOf !== before.numbersOf || (before.layer === "off" && state.layer !== "off"))
      void look();
  });
  return () => {
    stopped = true;
    forget();
    window.clearTimeout(timer);
  };
}
