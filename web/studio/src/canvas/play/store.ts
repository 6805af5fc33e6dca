/** The virtual clock of a simulation: what was played, where the clock stands, how fast it runs. */
import { create } from "zustand";

import type { Simulation } from "../api";
import type { Definition } from "../model/definition";
import { clearMarks, setMarks } from "../publish/marks";
import { useCanvas } from "../store";
import { standingAt, tripsOf, type Trip } from "./trips";

export const SPEEDS = [1, 10, 100] as const;
export type Speed = (typeof SPEEDS)[number];
/** Days that go by in a second at speed 1. */
const DAYS_PER_SECOND = 0.5;

interface Play {
  simulation: Simulation | null;
  /** The version through which the same contacts went as well. */
  beside: number | null;
  trips: Trip[];
  /** Days since the start, with their fraction. */
  time: number;
  running: boolean;
  speed: Speed;
  load(simulation: Simulation, definition: Definition, beside?: number | null): void;
  seek(time: number): void;
  run(on: boolean): void;
  setSpeed(speed: Speed): void;
  stop(): void;
}

export const usePlay = create<Play>((set, get) => ({
  simulation: null,
  beside: null,
  trips: [],
  time: 0,
  running: false,
  speed: 10,

  load(simulation, definition, beside = null) {
    set({ simulation, beside, trips: tripsOf(simulation, definition), time: 0, running: true });
    setMarks(new Map((simulation.unreached ?? []).map((id) => [id, "unreached"])));
    show(0);
  },
  seek(time) {
    const { simulation } = get();
    if (!simulation) return;
    const kept = Math.max(0, Math.min(time, simulation.days.length));
    const before = Math.floor(get().time);
    set({ time: kept, running: get().running && kept < simulation.days.length });
    if (Math.floor(kept) !== before) show(Math.floor(kept));
  },
  run: (running) => {
    const { simulation, time } = get();
    if (running && simulation && time >= simulation.days.length) set({ time: 0 });
    set({ running });
  },
  setSpeed: (speed) => set({ speed }),
  stop: () => {
    if (get().simulation) clearMarks();
    set({ simulation: null, beside: null, trips: [], time: 0, running: false });
  },
}));

/** Puts the counts of a day on the cards. */
function show(day: number): void {
  const { simulation } = usePlay.getState();
  if (!simulation) return;
  const over = day >= simulation.days.length;
  useCanvas
    .getState()
    .setFrame({ day, counts: standingAt(simulation, day), passed: over ? simulation.arrows : {} });
}

/** Moves the clock with real time; gives a way to stop. */
export function startClock(): () => void {
  let last = performance.now();
  let frame = requestAnimationFrame(function tick(now) {
    const { running, speed, time, seek } = usePlay.getState();
    if (running) seek(time + ((now - last) / 1000) * daysPerSecond(speed));
    last = now;
    frame = requestAnimationFrame(tick);
  });
  return () => cancelAnimationFrame(frame);
}

export const daysPerSecond = (speed: Speed): number => DAYS_PER_SECOND * speed;
