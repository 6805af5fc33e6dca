import { useTranslation } from "react-i18next";

import { EmptyState } from "@/parts/EmptyState";
import { LinkButton } from "@/parts/LinkButton";

/** The address of a rule that was deleted. */
export function NotThere() {
  const { t } = useTranslation();
  return (
    <EmptyState
      title={t("shell.notFound")}
      action={<LinkButton to="/tags/rules">{t("tags.part.rules")}</LinkButton>}
    >
      {t("shell.notFoundWords")}
    </EmptyState>
  );
}
