import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { useChangeWorkspace, useSession } from "@/api/session";

import css from "./JourneysPage.module.css";

/** What the first start calls the workspace it fills with an invented shop. */
const DEMO = "demo-shop";

/** A way from an empty workspace into one in which people already move; nothing where there is no such. */
export function DemoDoor() {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const change = useChangeWorkspace();
  const demo = session?.workspaces.find((one) => one.slug === DEMO);
  if (!demo || demo.id === session?.workspace.id) return null;
  return (
    <p className={css.demo}>
      {t("journeys.demoLead")}
      <Button type="link" loading={change.isPending} onClick={() => change.mutate(demo.id)}>
        {t("journeys.demo")}
      </Button>
    </p>
  );
}
