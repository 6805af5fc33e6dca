import { audience } from "./audience";
import { channels } from "./channels";
import { codes } from "./codes";
import { contacts, exitNames, trailOps } from "./contacts";
import { contents, messages, scripts, variables } from "./contents";
import { events, files } from "./files";
import { groups } from "./groups";
import { guards } from "./guards";
import { imports } from "./imports";
import { deeds, journeys, templates } from "./journeys";
import { lifecycle, lifeEditor, scene, scenes } from "./matching";
import * as parts from "./parts";
import * as people from "./people";
import { segmentIdeas, segmentKinds, segments, segmentUses } from "./segments";
import { auditActions, settings } from "./settings";
import { shell, tray } from "./shell";
import { signin } from "./signin";
import { reach } from "./reach";
import { rewards } from "./rewards";
import { rfm, tierEditor, tierOverride, tiers } from "./tiers";
import { tags } from "./tags";
import { tasks } from "./tasks";
import { wecom } from "./wecom";

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
  events,
  files,
  groups,
  guards,
  segments,
  segmentKinds,
  segmentUses,
  segmentIdeas,
  codes,
  tags,
  tasks,
  rewards,
  tiers,
  tierEditor,
  tierOverride,
  reach,
  rfm,
  contacts,
  imports,
  lifecycle,
  lifeEditor,
  scene,
  scenes,
  trailOps,
  exitNames,
  contents,
  scripts,
  variables,
  messages,
  settings,
  channels,
  wecom,
  auditActions,
};
