import { Alert } from "antd";
import { useTranslation } from "react-i18next";

import { useHeldBack } from "@/api/messages";
import { useWords } from "@/parts/language";

import css from "./Messages.module.css";

/** Says what keeps messages back now, and what to do about it; nothing while they go as they should. */
export function HeldBack() {
  const { t } = useTranslation();
  const words = useWords();
  const { data: reasons } = useHeldBack();
  if (!reasons?.length) return null;
  return (
    <section className={css.held} aria-label={t("messages.heldBack")}>
      {reasons.map((one) => (
        <Alert
          key={`${one.kind} ${one.carrier ?? ""}`}
          type={one.kind === "policy" || one.kind === "connection_off" ? "info" : "warning"}
          showIcon
          title={
            <>
              {words(one.words)}
              {one.waiting > 0 && ` · ${t("messages.heldCount", { count: one.waiting })}`}
            </>
          }
          description={words(one.todo)}
        />
      ))}
    </section>
  );
}
