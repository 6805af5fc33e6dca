import { Segmented } from "antd";
import { useTranslation } from "react-i18next";

import { useTheme, type ModeChoice } from "./theme";

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
