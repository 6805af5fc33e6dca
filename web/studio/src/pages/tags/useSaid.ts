import { useTranslation } from "react-i18next";

import type { Words } from "@/api/types";

/** Words of the server in the language of the studio. */
export function useSaid(): (words: Words) => string {
  const { i18n } = useTranslation();
  return (words) => (i18n.language.startsWith("zh") ? words.zh : words.en);
}
