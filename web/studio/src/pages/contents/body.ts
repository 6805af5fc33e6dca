import type { FormField } from "@/api/kindTypes";
import type { Attachment, Body } from "@/api/types";

/** What every carrier has, until its own form is known. */
export const PLAIN_FORM: FormField[] = [
  { name: "text", type: "text", title: { zh: "正文", en: "Text" }, required: true },
];

/** A body with the fields that its carrier shows and nothing empty in it. */
export function trimmed(body: Body, form: FormField[]): Body {
  const kept: Body = { text: body.text ?? "" };
  for (const { name, type } of form) {
    if (name === "attachments" && type === "list") {
      const whole = (body.attachments ?? []).filter(isWhole);
      if (whole.length > 0) kept.attachments = whole;
    } else if (name === "title" || name === "subject" || name === "url") {
      const value = body[name]?.trim();
      if (value) kept[name] = value;
    }
  }
  return kept;
}

/** An attachment without an address is still being written. */
function isWhole(attachment: Attachment): boolean {
  return Boolean(attachment.type && attachment.url?.trim());
}
