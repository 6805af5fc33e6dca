export const profile = {
  merge: "Merge",
  more: "More",
  export: "Export all data",
  erase: "Erase this person",
  consent: "Consent",
  staff: "Staff",
  addStaff: "Add",
  staffName: "Name of the member of staff",
  relation: "What they are to the customer",
  noStaff: "No member of staff is a friend yet.",
  segments: "Segments",
  noSegments: "In no segment.",
  groups: "Customer groups",
  noGroups: "In no group.",
};

export const relation = { friend: "Friend", deleted: "Deleted by the customer", none: "No friend" };

export const consent = {
  marketing: "Marketing messages",
  profiling: "Automatic profiling",
  closed: "closed by “Marketing messages”",
  history: "History",
  never: "The customer has not said anything yet. What was never spoken of is allowed.",
  why: "How did the customer say so?",
  note: "Note",
  noteExample: "For example: asked on the phone for no more texts",
  withdraw: "Turn off",
  granted: "allowed",
  withdrawn: "not allowed",
  source: {
    hand: "By hand",
    data: "From data",
    journey: "Journey",
    merge: "Merge",
    link: "Unsubscribe link",
    callback: "Told by the platform",
  },
};

export const merge = {
  title: "Merge another customer into “{{name}}”",
  lead: "Choose the other customer who is the same person as “{{name}}”. See what becomes of both first.",
  other: "Find the other one by name, id or phone",
  after: "Afterwards",
  moves: "What comes along",
  nothing: "The other one has no records.",
  what: {
    identities_one: "{{count}} identity",
    identities_other: "{{count}} identities",
    events_one: "{{count}} event",
    events_other: "{{count}} events",
    messages_one: "{{count}} message",
    messages_other: "{{count}} messages",
    journeys_one: "{{count}} stay in a journey",
    journeys_other: "{{count}} stays in journeys",
    staff_one: "{{count}} member of staff",
    staff_other: "{{count}} members of staff",
    segments_one: "{{count}} segment",
    segments_other: "{{count}} segments",
    groups_one: "{{count}} group",
    groups_other: "{{count}} groups",
  },
  ending:
    "Both are in “{{journeys}}”: the stay that began later ends, and its unsent messages are withdrawn.",
  forGood: "A merge cannot be undone. From now on either old id leads to the customer who stays.",
  go: "Merge into one",
  done: "Merged",
};

export const erase = {
  title: "Erase “{{name}}”?",
  everything: "Data, identities, events, messages, consent and lines in exports are deleted for good.",
  journeys: "Journeys end at once, and nothing is sent any more.",
  hash: "Only salted hashes of the identities stay, so that imports and the API do not make this person again.",
  backups: "Backups hold the data until they expire within 30 days.",
  type: "Type “{{name}}” to confirm",
  go: "Erase for good",
  done: "Erased",
};

export const timelineKinds = {
  all: "All",
  event: "Events",
  message: "Messages",
  trail: "Journeys",
  tag: "Tags",
  tier: "Tiers",
  segment: "Segments",
  consent: "Consent",
  merge: "Merges",
};

export const timelineWords = {
  tagOn: "Tag “{{tag}}” put on",
  tagOff: "Tag “{{tag}}” taken off",
  segment: "Entered the segment “{{segment}}”",
  merge: "Customer #{{gone}} became part of this one",
};

export const attributes = {
  title: "Attributes",
  lead: "What each attribute of a customer means, which values it has and who sees it. Rules, texts and imports follow it.",
  add: "Add an attribute",
  name: "Name",
  key: "Key",
  keyHelp: "The name in the API and in texts; it stays as it is.",
  keyWrong: "Begin with a letter; use letters, digits and underscores, such as skin_type.",
  type: "Type",
  types: {
    text: "Text",
    number: "Number",
    boolean: "Yes / no",
    date: "Date",
    time: "Time",
    list: "Several values",
    mixed: "Mixed",
  },
  allowed: "Allowed values",
  allowedHelp: "Type a value and press Enter. Leave it empty to allow any.",
  anyValue: "Any value",
  description: "Description",
  seenBy: "Seen by",
  seen: { everyone: "All members", personal: "Editors and owners" },
  state: "State",
  builtIn: "Built in",
  met: "Not declared",
  strict: "Strict",
  strictHelp:
    "If on, a value that does not fit is refused with the reason; if off, it is taken and counted here.",
  warnings_one: "{{count}} value does not fit",
  warnings_other: "{{count}} values do not fit",
  wrong: {
    type_one: "wrong type once",
    type_other: "wrong type {{count}} times",
    allowed_one: "not allowed once",
    allowed_other: "not allowed {{count}} times",
  },
  saved: "Saved",
  forget: "Take out of the catalogue",
  forgetSure: "Values that customers have stay; they are just not checked any more. Take it out?",
};
