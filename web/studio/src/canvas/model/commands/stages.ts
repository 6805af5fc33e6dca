import type { Id, Place, Stage } from "../definition";
import { assign, claim, place, stageIn, type D } from "./draft";

export const stageCommands = {
  addStage(d: D, a: { id: Id; name: string; at?: Place; set?: Partial<Stage> }) {
    claim(d, a.id);
    d.stages.push({ ...a.set, id: a.id, name: a.name });
    place(d, a.id, a.at);
  },

  setStage(d: D, a: { id: Id; set: Partial<Omit<Stage, "id">> }) {
    assign(stageIn(d, a.id), a.set);
  },
};
