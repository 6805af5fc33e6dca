import { useTranslation } from "react-i18next";

import type { Words } from "@/api/types";

export function useLanguage(): "zh" | "en" {
  return useTranslation().i18n.language === "en" ? "en" : "zh";
}

/** Picks the reader's half of a text that comes in both languages; a plain string stays itself. */
export function useWords(): (words: Words | string | null | undefined) => string {
  const language = useLanguage();
  return (words) => (typeof words === "string" ? words : (words?.[language] ?? words?.zh ?? ""));
}

/** Names one after the other, with the comma of the reader's language. */
export function useListed(): (names: readonly string[]) => string {
  const comma = useLanguage() === "zh" ? "、" : ", ";
  return (names) => names.join(comma);
}
