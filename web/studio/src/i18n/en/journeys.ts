export const journeys = {
  title: "Journeys",
  lead: "A journey is one kind of customer's road: when, who, and what.",
  firstTitle: "Pick an industry first",
  firstLead:
    "Clone a template and see at once how it runs; texts, times and branches are yours to change before you publish.",
  new: "New journey",
  demoLead: "Rather see one in full life first?",
  demo: "Open the demo shop",
  blank: "Start with a blank canvas",
  fromTemplate: "Start from a template",
  orTemplate:
    "Rather not draw from nothing? Templates bring stages, texts and tags, and can be published as cloned.",
  name: "Name",
  namePlaceholder: "For example: Beauty newcomers",
  nameHelp: "Your colleagues will see it in lists and numbers.",
  nameNeeded: "Give the journey a name.",
  create: "Create and open the canvas",
  save: "Save",
  status: "Status",
  version: "Live version",
  inside: "Inside",
  updated: "Last changed",
  actionsOf: "Actions for “{{name}}”",
};

export const deeds = {
  rename: {
    name: "Rename",
  },
  duplicate: {
    name: "Duplicate",
    called: "{{name}} (copy)",
    done: "“{{name}}” is duplicated; the copy is a draft.",
  },
  pause: {
    name: "Pause",
    ask: "Pause “{{name}}”?",
    words:
      "The {{people}} people inside stay where they are, get no messages, and nobody enters; nobody is thrown out.",
    done: "“{{name}}” is paused.",
  },
  resume: {
    name: "Resume",
    ask: "Resume “{{name}}”?",
    words: "Paused {{since}}; {{people}} people wait where they stood. They go on as you choose below.",
    plain: "{{people}} people wait where they stood. They go on as you choose below.",
    done: "“{{name}}” runs again.",
  },
  waits: "Waits that came due during the pause: what do they do on resuming?",
  onResume: {
    skip: "Count as late",
    skipHelp:
      "They end, and messages before the next wait are not made up for, so nobody gets a heap at once.",
    late: "Catch up",
    lateHelp: "They end at the moment of resuming, and what was due is done now.",
    shift: "Shift",
    shiftHelp: "Waits move by the length of the pause; clock times and dates stay as agreed.",
  },
  archive: {
    name: "Archive",
    ask: "Archive “{{name}}”?",
    words: "Nobody is inside. Once archived nobody enters any more; trails and numbers are kept.",
    crowd:
      "{{people}} people are still inside. They have to leave first: wait until they are through, or let them exit now.",
    exit: "Let the {{people}} people inside exit now; messages not yet sent are withdrawn",
    confirm: "Type the number {{people}} to confirm:",
    done: "“{{name}}” is archived.",
  },
  delete: {
    name: "Delete",
    ask: "Delete “{{name}}”?",
    words: "This draft was never published and nobody is inside. It cannot be brought back.",
    done: "“{{name}}” is deleted.",
  },
};

export const templates = {
  title: "Templates",
  lead: "Whole journeys by industry, with stages, texts, tags and goals. Clone one and it is yours.",
  none: "There is no template on the shelf",
  clone: "Clone",
  cloneNamed: "Clone “{{name}}”",
  made: "Made beside the journey",
  kinds: {
    attribute: "attributes",
    tag: "tag definitions",
    tier: "tiers",
    pool: "coupon pools",
    points: "points",
    referral: "referral campaigns",
    draw: "lucky draws",
    scene: "scene tables",
    script: "scripts",
    material: "texts",
  },
  read: "What is in it",
  texts_one: "The text in it",
  texts_other: "The {{count}} texts in it",
  stagesOf: "Stages of “{{name}}”",
};
