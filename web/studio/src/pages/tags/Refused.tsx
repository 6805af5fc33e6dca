import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";

import { useMay } from "@/api/session";
import { useForgive, useTagRefusals } from "@/api/tags";

import css from "./Tags.module.css";
import { useSaid } from "./useSaid";

/** What journeys and rules could not put on, because no definition allows it. */
export function Refused() {
  const { t } = useTranslation();
  const said = useSaid();
  const mayEdit = useMay("editor");
  const { data } = useTagRefusals();
  const forgive = useForgive();
  if (!data?.length) return null;
  return (
    <Alert
      type="warning"
      showIcon
      className={css.refused}
      title={t("tags.refused", { count: data.length })}
      description={
        <>
          {t("tags.refusedWords")}
          <ul>
            {data.map((one) => (
              <li key={one.tag}>
                {t("tags.refusedLine", { tag: one.tag, who: said(one.source.words), count: one.times })}
              </li>
            ))}
          </ul>
        </>
      }
      action={
        mayEdit && (
          <Button size="small" loading={forgive.isPending} onClick={() => forgive.mutate(undefined)}>
            {t("tags.forgive")}
          </Button>
        )
      }
    />
  );
}
