export interface Place {
  name: string;
  /** What is put into the text. */
  insert: string;
}

/** Places that every text may use, whatever the workspace has. */
export const usualPlaces: Place[] = [{ name: "name", insert: '{{ contact.name | default: "你" }}' }];

/** The place of an attribute. */
export function placeFor(attribute: string, title = ""): Place {
  return { name: title || attribute, insert: `{{ contact.${attribute} }}` };
}

/** `text` with `place` instead of what was selected, and where the cursor stands afterwards. */
export function insertAt(
  text: string,
  place: string,
  from: number,
  to: number,
): { text: string; cursor: number } {
  return { text: text.slice(0, from) + place + text.slice(to), cursor: from + place.length };
}

const PLACE = /\{\{\s*([^|}\s]+)[^}]*\}\}|\{%.*?%\}/gs;

/** A text as one would read it out: places by their names, and nothing of the conditions around them. */
export function spoken(text: string, name: string): string {
  return text.replace(PLACE, (_, place?: string) => {
    if (!place) return "";
    const said = place.replace(/^(contact|coupon|event)\./, "");
    return `「${said === "name" ? name : said}」`;
  });
}
