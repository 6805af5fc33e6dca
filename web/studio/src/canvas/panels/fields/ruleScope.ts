/** Whether a rule is about contacts at large, who have no stage, no variables and no event at hand. */
import { createContext, useContext } from "react";

import { useAttributeTypes } from "@/api/catalogue";

import { selectDefinition, useCanvas } from "../../store";

export const OnlyContacts = createContext(false);

const IN_A_JOURNEY = new Set(["event", "entry", "variable", "stage"]);

/** Whether only somebody in a journey has this field. */
export const isOfAJourney = (field: string): boolean => IN_A_JOURNEY.has(field.split(".")[0] ?? "");

/** What only people have; a customer group is in no segment and on no tier. */
const OF_PEOPLE = new Set(["segments", "tier", "scene"]);

export const isOfPeople = (field: string): boolean => OF_PEOPLE.has(field.split(".")[0] ?? "");

/** Whether the rules at hand are about customer groups. */
export function useAboutGroups(): boolean {
  const onlyContacts = useContext(OnlyContacts);
  const ofGroups = useCanvas((state) => selectDefinition(state).subject === "group");
  return ofGroups && !onlyContacts;
}

/** The attributes of whom the journey, or the rule, is about. */
export function useSubjectAttributes() {
  return useAttributeTypes(useAboutGroups() ? "group" : "contact").data;
}
