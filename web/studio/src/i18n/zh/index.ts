import { audience } from "./audience";
import { contacts, exitNames, imports, trailOps } from "./contacts";
import { contents, messages, variables } from "./contents";
import { deeds, journeys, templates } from "./journeys";
import * as parts from "./parts";
import * as people from "./people";
import { segmentIdeas, segmentKinds, segments, segmentUses } from "./segments";
import { auditActions, settings } from "./settings";
import { shell, tray } from "./shell";
import { signin } from "./signin";

export default {
  ...parts,
  ...people,
  shell,
  tray,
  signin,
  journeys,
  deeds,
  templates,
  audience,
  segments,
  segmentKinds,
  segmentUses,
  segmentIdeas,
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
