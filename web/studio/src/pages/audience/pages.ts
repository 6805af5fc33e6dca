/** The pages about the audience, in the order of their tabs; each is the first part of its address. */
const order = [
  "contacts",
  "groups",
  "segments",
  "tags",
  "tiers",
  "lifecycle",
  "scenes",
  "attributes",
  "events",
  "files",
] as const;

export type AudiencePage = (typeof order)[number];

/** Those that have a route. */
const open: ReadonlySet<AudiencePage> = new Set<AudiencePage>([
  "contacts",
  "attributes",
  "segments",
  "tags",
  "tiers",
  "lifecycle",
  "scenes",
  "groups",
  "events",
  "files",
]);

export const audiencePages = order.filter((name) => open.has(name));
