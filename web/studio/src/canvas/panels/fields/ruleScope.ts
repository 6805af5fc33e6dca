/** Whether a rule is about contacts at large, who have no stage, no variables and no event at hand. */
import { createContext } from "react";

export const OnlyContacts = createContext(false);

const IN_A_JOURNEY = new Set(["event", "entry", "variable", "stage"]);

/** Whether only somebody in a journey has this field. */
export const isOfAJourney = (field: string): boolean => IN_A_JOURNEY.has(field.split(".")[0] ?? "");
