import { useTranslation } from "react-i18next";

import { useChecks } from "@/api/materials";
import type { Body, Carrier } from "@/api/types";
import { Icon, type IconName } from "@/parts/Icon";
import { useWords } from "@/parts/language";
import { useSettled } from "@/parts/useSettled";

import css from "./Materials.module.css";

const TYPING_MS = 500;
const ICONS: Record<string, IconName> = { error: "close", warning: "warn", info: "info" };

/** What a careful colleague would say of the text, while it is written. */
export function Checks({
  carrier,
  body,
  topic,
  materialKey,
}: {
  carrier: Carrier;
  body: Body;
  topic: string;
  /** By it channel codes name the text that greets. */
  materialKey: string;
}) {
  const { t } = useTranslation();
  const words = useWords();
  const settled = useSettled(body, TYPING_MS);
  const { data } = useChecks(carrier, settled, topic, materialKey, Boolean(settled.text?.trim()));
  if (!data) return null;
  return (
    <section className={css.box} aria-label={t("contents.checks")}>
      <h2>{t("contents.checks")}</h2>
      {data.findings.length === 0 ? (
        <p className={css.quiet}>{t("contents.checksFine")}</p>
      ) : (
        <ul className={css.findings}>
          {data.findings.map((one) => (
            <li key={`${one.code}${one.path}${one.message.en}`} className={css[one.severity]}>
              <Icon
                name={one.code.startsWith("welcome-") ? "check" : (ICONS[one.severity] ?? "info")}
                size={16}
              />
              <span>{words(one.message)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
