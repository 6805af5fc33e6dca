import { App, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useErase } from "@/api/profile";
import type { Person } from "@/api/types";
import { nameOf } from "@/parts/contactName";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./ErasePanel.module.css";

interface ErasePanelProps {
  person: Person;
  onClose: () => void;
  onDone: () => void;
}

/** Erasing cannot be undone: it says what goes and what stays, and wants the name typed. */
export default function ErasePanel({ person, onClose, onDone }: ErasePanelProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const erase = useErase();
  const [typed, setTyped] = useState("");
  const name = nameOf(person);
  const go = () =>
    erase.mutate(person.id, {
      onSuccess: () => {
        void message.success(t("erase.done"));
        onDone();
      },
    });
  return (
    <Modal
      open
      title={t("erase.title", { name })}
      okText={t("erase.go")}
      okButtonProps={{ danger: true, disabled: typed.trim() !== name.trim(), loading: erase.isPending }}
      cancelText={t("parts.cancel")}
      onOk={go}
      onCancel={onClose}
    >
      <ProblemAlert problem={erase.error} />
      <ul className={css.what}>
        <li>{t("erase.everything")}</li>
        <li>{t("erase.journeys")}</li>
        <li>{t("erase.hash")}</li>
        <li>{t("erase.backups")}</li>
      </ul>
      <label className={css.type}>
        {t("erase.type", { name })}
        <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
      </label>
    </Modal>
  );
}
