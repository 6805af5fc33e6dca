/** What would happen to a real contact: the question and its answer. Nothing is written by asking. */
import { ask } from "@/api/client";
import type { Words } from "@/api/types";

import type { Saw } from "../api";
import type { Definition, Id } from "../model/definition";

export interface Happening {
  name: string;
  /** After so long (ISO 8601), counted from now. */
  after: string;
  properties: Record<string, string | number>;
}
/** A comparison of a rule that was judged, with the value that it saw. */
export type Seen = Saw;
export interface WouldBe {
  at: string;
  op: string;
  stage: Id | null;
  step: Id | null;
  exit: string | null;
  arrow: Id | null;
  words: Words;
  saw: Seen[];
}
export interface WouldSay {
  at: string;
  step: Id;
  step_name: string;
  carrier: string;
  content: string;
  text: string | null;
  state: "sent" | "held" | "skipped";
  until: string | null;
  because: Words | null;
}
interface Place {
  stage: Id | null;
  step: Id | null;
  next_at: string | null;
}
export interface Answer {
  now: string;
  until: string;
  /** Where he really stands in this journey now; null if he is not in it. */
  standing: (Place & { version: number }) | null;
  entered: { entry: Id; at: string } | null;
  /** Why he would not get in. */
  kept_out: { entry: Id | null; words: Words; saw: Seen[] } | null;
  trail: WouldBe[];
  messages: WouldSay[];
  goals: { goal: Id; name: string; at: string }[];
  ends: { result: string; at: string } | null;
  /** Where he would be then, unless it ends. */
  place: Place | null;
}

export const whatIf = (
  journey: number,
  question: { contact_id: number; definition: Definition; events?: Happening[]; days: number },
  signal?: AbortSignal,
) => ask<Answer>(`journeys/${journey}/what-if`, { method: "POST", body: question, signal });
