/** Live numbers: read again every two seconds while the journey runs and somebody looks. */
import { getJourney, getStats } from "./api";
import { useCanvas } from "./store";

const EVERY_MS = 2000;
const JOURNEY_EVERY = 5;

export function startNumbers(): () => void {
  let stopped = false;
  let timer = 0;
  let round = 0;
  const look = async () => {
    const { journey, playing } = useCanvas.getState();
    const runs = journey !== null && journey.live_version !== null;
    if (journey && runs && !playing && document.visibilityState === "visible") {
      const numbers = await getStats(journey.id).catch(() => null);
      if (!stopped && numbers) useCanvas.getState().setNumbers(numbers);
      round += 1;
      if (round % JOURNEY_EVERY === 0) {
        const known = await getJourney(journey.id).catch(() => null);
        if (!stopped && known) useCanvas.getState().setJourney(known);
      }
    }
    if (!stopped) timer = window.setTimeout(() => void look(), EVERY_MS);
  };
  void look();
  return () => {
    stopped = true;
    window.clearTimeout(timer);
  };
}
