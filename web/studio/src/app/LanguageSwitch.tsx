import { Segmented } from "antd";
import { useTranslation } from "react-i18next";

import { useLanguage } from "@/parts/language";

import { changeLanguage, type Language } from "./i18n";

export default function LanguageSwitch() {
  const { t } = useTranslation();
  return (
    <Segmented<Language>
      block
      aria-label={t("shell.language")}
      value={useLanguage()}
      onChange={(language) => void changeLanguage(language)}
      options={[
        { value: "zh", label: "中文" },
        { value: "en", label: "English" },
      ]}
    />
  );
}
