import { useTranslation } from "react-i18next";

/** Carriers in the order in which marketers think of them. */
export const CARRIERS = [
  "wecom_direct",
  "wecom_group",
  "moments",
  "official_account",
  "sms",
  "email",
] as const;

export const PERIODS = ["PT24H", "P7D", "P30D", "day", "week", "month"] as const;

/** How a period of a cap is called; an unusual one is shown as it is written. */
export function usePeriod() {
  const { t } = useTranslation();
  return (per: string) => t(`reach.period.${per}`, { defaultValue: per });
}
