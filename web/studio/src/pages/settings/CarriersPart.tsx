import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";

import { useCarriers } from "@/api/catalogue";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill } from "@/parts/StatusPill";

import css from "./Settings.module.css";

/** Which ways to a customer are open here, and which the sandbox takes instead. */
export function CarriersPart() {
  const { t } = useTranslation();
  const { data, error, refetch } = useCarriers();
  return (
    <>
      <div className={css.partHead}>
        <p>{t("settings.carriersLead")}</p>
      </div>
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
      {!data && !error && <Skeleton active />}
      {data && (
        <ul className={css.list}>
          {data.map((one) => (
            <li key={one.carrier}>
              <strong>{t(`carriers.${one.carrier}`)}</strong>
              <StatusPill tone={one.has_account ? "good" : "quiet"}>
                {one.has_account ? t("settings.connected") : t("settings.toSandbox")}
              </StatusPill>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
