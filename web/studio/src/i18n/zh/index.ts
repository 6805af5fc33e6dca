import { contacts, exitNames, imports, trailOps } from "./contacts";
import { contents, messages, variables } from "./contents";
import { deeds, journeys, templates } from "./journeys";
import * as parts from "./parts";
import { auditActions, settings } from "./settings";
import { shell } from "./shell";
import { signin } from "./signin";

export default {
  ...parts,
  shell,
  signin,
  journeys,
  deeds,
  templates,
  contacts,
  imports,
  trailOps,
  exitNames,
  contents,
  variables,
  messages,
  settings,
  auditActions,
};
