export const journeys = {
  title: "Journeys",
  lead: "A journey is one kind of customer's road: when, who, and what.",
  firstTitle: "Pick an industry first",
  firstLead:
    "Clone a template and see at once how it runs; texts, times and branches are yours to change before you publish.",
  new: "New journey",
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
    words_one:
      "The {{count}} person inside stays in place and receives nothing more until you resume; nobody leaves.",
    words_other:
      "The {{count}} people inside stay in place and receive nothing more until you resume; nobody leaves.",
    done: "“{{name}}” is paused.",
  },
  resume: {
    name: "Resume",
    done: "“{{name}}” runs again.",
  },
  archive: {
    name: "Archive",
    ask: "Archive “{{name}}”?",
    words_one:
      "The {{count}} person inside ends this journey, and nobody enters any more. Trail and numbers stay.",
    words_other:
      "The {{count}} people inside end this journey, and nobody enters any more. Trail and numbers stay.",
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
  read: "What is in it",
  texts_one: "The text in it",
  texts_other: "The {{count}} texts in it",
  stagesOf: "Stages of “{{name}}”",
};
