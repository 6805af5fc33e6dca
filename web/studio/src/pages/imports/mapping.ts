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

/** `attribute:city` is of the kind `attribute`; every other place is its own kind. */
export function placeKind(place: string): string {
  return place.startsWith(`${ATTRIBUTE}:`) ? ATTRIBUTE : place;
}

export function attributeNamed(column: string): string {
  return `${ATTRIBUTE}:${column.trim()}`;
}

export interface Wrong {
  what: "needsId" | "twice" | "needsName";
  place: string;
}

/** The first thing that would make the import refuse the mapping, if any. */
export function wrongWith(mapping: Mapping): Wrong | null {
  const used = Object.values(mapping).filter(Boolean);
  const twice = used.find((place, index) => used.indexOf(place) !== index);
  if (twice) return { what: "twice", place: twice };
  if (used.some((place) => place === `${ATTRIBUTE}:`)) return { what: "needsName", place: "" };
  const named = used.some((place) => place === "external_id" || place.startsWith("identity:"));
  return named ? null : { what: "needsId", place: "" };
}
