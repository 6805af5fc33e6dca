import { useTranslation } from "react-i18next";

import { useTagCategories } from "@/api/tags";

/** What a category is called in the language of the studio. */
export function useCategoryTitle(): (key: string | null) => string {
  const { t, i18n } = useTranslation();
  const { data } = useTagCategories();
  return (key) => {
    const found = data?.find((one) => one.key === key);
    if (!found) return key ?? t("tags.unsorted");
    return i18n.language.startsWith("zh") ? found.title.zh : found.title.en;
  };
}
