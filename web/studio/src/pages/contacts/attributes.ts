/** Consent has a card of its own. */
export const OF_CONSENT =
  /^no_(marketing|profiling|wecom_direct|wecom_group|moments|official_account|mini_program|sms|email|sandbox)$/;

/** An attribute's value as a person reads it. */
export function attributeText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What was typed, in the type the attribute had: a number stays a number while it reads as one. */
export function attributeValue(typed: string, before: unknown): unknown {
  const text = typed.trim();
  if (text === "") return null;
  if (text === attributeText(before)) return before;
  if (typeof before === "number" && Number.isFinite(Number(text))) return Number(text);
  if (typeof before === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}
