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
    } else if (name === "data" && type === "list") {
      const whole = (body.data ?? []).filter((item) => item.name?.trim() && item.value?.trim());
      if (whole.length > 0) kept.data = whole;
    } else if (isPlain(name)) {
      const value = body[name]?.trim();
      if (value) kept[name] = value;
    }
  }
  return kept;
}

const PLAIN = [
  "title",
  "subject",
  "url",
  "html",
  "signature",
  "opt_out",
  "call",
  "template_id",
  "page",
] as const;

const isPlain = (name: string): name is (typeof PLAIN)[number] => (PLAIN as readonly string[]).includes(name);

/** An attachment without an address is still being written. */
function isWhole(attachment: Attachment): boolean {
  return Boolean(attachment.type && attachment.url?.trim());
}
