import { Segmented } from "antd";
import { useTranslation } from "react-i18next";

import { useLanguage } from "@/parts/language";

import { changeLanguage, type Language } from "./i18n";
import { useTheme, type ModeChoice } from "./theme";

export function LanguageSwitch() {
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

export function Appearance() {
  const { t } = useTranslation();
  const choice = useTheme((state) => state.choice);
  const choose = useTheme((state) => state.choose);
  return (
    <Segmented<ModeChoice>
      block
      aria-label={t("shell.theme")}
      value={choice}
      onChange={choose}
      options={[
        { value: "light", label: t("shell.themeLight") },
        { value: "dark", label: t("shell.themeDark") },
        { value: "system", label: t("shell.themeSystem") },
      ]}
    />
  );
}
