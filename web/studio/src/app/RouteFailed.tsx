import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { EmptyState } from "@/parts/EmptyState";
import { Page } from "@/parts/Page";

/** A page that broke or could not be fetched: say so and offer the one thing that helps. */
export function RouteFailed() {
  const { t } = useTranslation();
  return (
    <Page width="narrow">
      <EmptyState
        title={t("shell.broken")}
        action={
          <Button type="primary" onClick={() => window.location.reload()}>
            {t("shell.reload")}
          </Button>
        }
      >
        {t("shell.brokenWords")}
      </EmptyState>
    </Page>
  );
}
