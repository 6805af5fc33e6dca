/** What each column of a file becomes; "" leaves it out. */
export type Mapping = Record<string, string>;

export const ATTRIBUTE = "attribute";

export const places = [
  "",
  "external_id",
  "name",
  "tags",
  "timezone",
  "identity:phone",
  "identity:email",
  "identity:unionid",
  "identity:openid",
  "identity:external_userid",
  ATTRIBUTE,
] as const;

/** How the cells of an attribute are read; "" lets the server tell from the cells themselves. */
export const cellTypes = ["", "text", "number", "date", "time", "boolean", "list"] as const;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** `attribute:city` is of the kind `attribute`; every other place is its own kind. */
export function placeKind(place: string): string {
  return isAttribute(place) ? ATTRIBUTE : place;
}

/** Name and type of an attribute's place. */
export function attributeOf(place: string): { name: string; type: string } {
  const [, name = "", type = ""] = place.split(":");
  return { name, type };
}

export function attributePlace(name: string, type = ""): string {
  return [ATTRIBUTE, name.trim(), ...(type ? [type] : [])].join(":");
}

/** An attribute's place for a column: its own heading where that can be a name, else a name to be typed. */
export function attributeFor(column: string): string {
  const heading = column
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
  return attributePlace(NAME.test(heading) ? heading : "");
}

export interface Wrong {
  what: "needsId" | "twice" | "needsName";
  place: string;
}

/** The first thing that would make the import refuse the mapping, if any. */
export function wrongWith(mapping: Mapping): Wrong | null {
  const used = Object.values(mapping).filter(Boolean);
  const alone = used
    .filter((place) => place !== "tags")
    .map((place) => place.split(":").slice(0, 2).join(":"));
  const unnamed = used.find((place) => isAttribute(place) && !NAME.test(attributeOf(place).name));
  if (unnamed !== undefined) return { what: "needsName", place: attributeOf(unnamed).name };
  const twice = alone.find((place, index) => alone.indexOf(place) !== index);
  if (twice) return { what: "twice", place: twice };
  const named = used.some((place) => place === "external_id" || place.startsWith("identity:"));
  return named ? null : { what: "needsId", place: "" };
}

const isAttribute = (place: string) => place.startsWith(`${ATTRIBUTE}:`);
