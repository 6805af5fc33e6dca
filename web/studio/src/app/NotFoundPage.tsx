import { useTranslation } from "react-i18next";

import { EmptyState } from "@/parts/EmptyState";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Page width="narrow">
      <EmptyState
        title={t("shell.notFound")}
        action={
          <LinkButton type="primary" to="/journeys">
            {t("shell.toJourneys")}
          </LinkButton>
        }
      >
        {t("shell.notFoundWords")}
      </EmptyState>
    </Page>
  );
}
