/** The stops of the way that is shown on the canvas. */
import { create } from "zustand";

import type { Id } from "../model/definition";
import type { Stop } from "./lines";

export const useStops = create<{ stops: ReadonlyMap<Id, Stop> }>(() => ({ stops: new Map() }));
