export const audience = {
  pages: "Pages about the audience",
  tab: {
    contacts: "Contacts",
    groups: "Groups",
    segments: "Segments",
    tags: "Tags",
    tiers: "Tiers",
    lifecycle: "Lifecycle",
    scenes: "Scenes",
    attributes: "Attributes",
    events: "Events",
    files: "Files",
  },
};
