import type { ImportKind } from "@/api/imports";

/** What each column of a file becomes; "" leaves it out. */
export type Mapping = Record<string, string>;

const NAMES = [
  "identity:phone",
  "identity:email",
  "identity:unionid",
  "identity:openid",
  "identity:external_userid",
] as const;
const OF_CONTACTS = ["", "external_id", "name", "tags", "timezone", ...NAMES, "attribute"] as const;
const OF_EVENTS = ["", "event_name", "occurred_at", "event_id", "external_id", ...NAMES, "property"] as const;

/** What a column may become, by what the file is of. */
export const placesOf = (kind: ImportKind) => (kind === "events" ? OF_EVENTS : OF_CONTACTS);

/** The place that bears a name and a type of its own: of people an attribute, of events a property. */
export type Valued = "attribute" | "property";
export const valuedOf = (kind: ImportKind): Valued => (kind === "events" ? "property" : "attribute");

/** How the cells of an attribute are read; "" lets the server tell from the cells themselves. */
export const cellTypes = ["", "text", "number", "date", "time", "boolean", "list"] as const;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** `attribute:city` is of the kind `attribute`; every other place is its own kind. */
export function placeKind(place: string): string {
  return isValued(place) ? place.split(":")[0]! : place;
}

/** Name and type of an attribute's or property's place. */
export function attributeOf(place: string): { name: string; type: string } {
  const [, name = "", type = ""] = place.split(":");
  return { name, type };
}

export function attributePlace(name: string, type = "", valued: Valued = "attribute"): string {
  return [valued, name.trim(), ...(type ? [type] : [])].join(":");
}

/** An attribute's place for a column: its own heading where that can be a name, else a name to be typed. */
export function attributeFor(column: string, valued: Valued = "attribute"): string {
  const heading = column
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  return attributePlace(NAME.test(heading) ? heading : "", "", valued);
}

export interface Wrong {
  what: "needsId" | "needsEvent" | "twice" | "needsName";
  place: string;
}

/** The first thing that would make the import refuse the mapping, if any; `event` is the one of all rows. */
export function wrongWith(mapping: Mapping, kind: ImportKind = "contacts", event = ""): Wrong | null {
  const used = Object.values(mapping).filter(Boolean);
  const alone = used
    .filter((place) => place !== "tags")
    .map((place) => place.split(":").slice(0, 2).join(":"));
  const unnamed = used.find((place) => isValued(place) && !NAME.test(attributeOf(place).name));
  if (unnamed !== undefined) return { what: "needsName", place: attributeOf(unnamed).name };
  const twice = alone.find((place, index) => alone.indexOf(place) !== index);
  if (twice) return { what: "twice", place: twice };
  const named = used.some((place) => place === "external_id" || place.startsWith("identity:"));
  if (!named) return { what: "needsId", place: "" };
  const told = kind !== "events" || event !== "" || used.includes("event_name");
  return told ? null : { what: "needsEvent", place: "" };
}

/** The column that says which event a row is. */
export const eventColumn = (mapping: Mapping) =>
  Object.keys(mapping).find((column) => mapping[column] === "event_name");

const isValued = (place: string) => /^(attribute|property)(:|$)/.test(place);
