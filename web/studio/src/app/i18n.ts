import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import { setApiLanguage } from "@/api/client";
import { setDateLanguage } from "@/parts/dates";

export type Language = "zh" | "en";

const STORED_UNDER = "roadbook.language";

/** Each language is a chunk of its own: a reader loads only the one he reads. */
const texts = {
  zh: () => import("@/i18n/zh"),
  en: () => import("@/i18n/en"),
};

export function storedLanguage(): Language {
  return localStorage.getItem(STORED_UNDER) === "en" ? "en" : "zh";
}

export async function startI18n(language: Language = storedLanguage()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    returnNull: false,
    resources: { [language]: { translation: (await texts[language]()).default } },
  });
  tell(language);
}

export async function changeLanguage(language: Language): Promise<void> {
  const loaded = await texts[language]();
  i18next.addResourceBundle(language, "translation", loaded.default, true, true);
  localStorage.setItem(STORED_UNDER, language);
  tell(language);
  await i18next.changeLanguage(language);
}

function tell(language: Language): void {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  setApiLanguage(language);
  setDateLanguage(language);
}
