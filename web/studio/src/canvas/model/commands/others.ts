/** Ends, entries, goals, notes, settings and places. */
import type { End, Entry, EntryOn, Goal, Id, Place, Rule, Settings } from "../definition";
import { CannotDo, assertTarget, assign, claim, need, place, type D } from "./draft";

export const otherCommands = {
  addEnd(d: D, a: { id: Id; name: string; result: string; at?: Place }) {
    claim(d, a.id);
    d.ends.push({ id: a.id, name: a.name, result: a.result });
    place(d, a.id, a.at);
  },

  setEnd(d: D, a: { id: Id; set: Partial<Omit<End, "id">> }) {
    assign(
      need(d.ends, (end) => end.id === a.id, "no-such-end"),
      a.set,
    );
  },

  addEntry(d: D, a: { id: Id; on: EntryOn; to: Id; where?: Rule | null; at?: Place }) {
    assertTarget(d, a.to, "entry");
    claim(d, a.id);
    d.entries.push(
      a.where ? { id: a.id, on: a.on, where: a.where, to: a.to } : { id: a.id, on: a.on, to: a.to },
    );
    place(d, a.id, a.at);
  },

  setEntry(d: D, a: { id: Id; set: Partial<Omit<Entry, "id">> }) {
    if (a.set.to !== undefined) assertTarget(d, a.set.to, "entry");
    assign(
      need(d.entries, (entry) => entry.id === a.id, "no-such-entry"),
      a.set,
    );
  },

  addGoal(d: D, a: { goal: Goal }) {
    claim(d, a.goal.id);
    d.goals.push(a.goal);
  },

  setGoal(d: D, a: { id: Id; set: Partial<Omit<Goal, "id">> }) {
    assign(
      need(d.goals, (goal) => goal.id === a.id, "no-such-goal"),
      a.set,
    );
  },

  setSettings(d: D, a: { set: Partial<Settings> }) {
    assign(d.settings, a.set);
  },

  /** Whom the journey is about: persons or customer groups. */
  setSubject(d: D, a: { subject: string }) {
    d.subject = a.subject;
  },

  addNote(d: D, a: { id: Id; text: string; at: { x: number; y: number } }) {
    claim(d, a.id);
    d.notes.push({ id: a.id, text: a.text, x: Math.round(a.at.x), y: Math.round(a.at.y) });
  },

  setNote(d: D, a: { id: Id; text: string }) {
    need(d.notes, (note) => note.id === a.id, "no-such-note").text = a.text;
  },

  /** One name for every thing that has one; double click and the panels use it. */
  rename(d: D, a: { id: Id; name: string }) {
    const named = [...d.stages, ...d.ends, ...d.goals].find((one) => one.id === a.id);
    if (named) named.name = a.name;
    else
      assign(
        need(d.steps, (step) => step.id === a.id, "nothing-to-name"),
        { name: a.name || undefined },
      );
  },

  /** Moves and resizes anything, many at once: a drag, a nudge, a tidy layout. Steps lie relative to their stage. */
  move(d: D, a: { places: Record<Id, Place> }) {
    for (const [id, at] of Object.entries(a.places)) {
      const note = d.notes.find((one) => one.id === id);
      if (note) Object.assign(note, { x: Math.round(at.x), y: Math.round(at.y) });
      else if (Number.isFinite(at.x) && Number.isFinite(at.y)) place(d, id, { ...d.layout[id], ...at });
      else throw new CannotDo("no-such-place");
    }
  },
};
