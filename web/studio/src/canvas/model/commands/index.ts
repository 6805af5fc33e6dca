/** Every edit of a journey is one of these commands: `apply(definition, command)` gives the new definition. */
import { produce } from "immer";

import type { Definition } from "../definition";
import { arrowCommands } from "./arrows";
import type { D } from "./draft";
import { otherCommands } from "./others";
import { pasteCommands } from "./paste";
import { removeCommands } from "./remove";
import { stageCommands } from "./stages";
import { stepCommands } from "./steps";

export { CannotDo } from "./draft";
export { removal, type Removal } from "./remove";

const table = {
  ...stageCommands,
  ...stepCommands,
  ...arrowCommands,
  ...otherCommands,
  ...removeCommands,
  ...pasteCommands,
};

type Table = typeof table;
export type CommandName = keyof Table;
export type Command = { [K in CommandName]: { do: K } & Parameters<Table[K]>[1] }[CommandName];

export const COMMAND_NAMES = Object.keys(table) as CommandName[];

/** Gives the definition after the command; the one handed in stays as it was. Throws CannotDo with the reason. */
export function apply(definition: Definition, command: Command): Definition {
  const run = table[command.do] as (d: D, a: Command) => void;
  return produce(definition, (draft) => run(draft, command));
}

export const applyAll = (definition: Definition, commands: readonly Command[]): Definition =>
  commands.reduce(apply, definition);
