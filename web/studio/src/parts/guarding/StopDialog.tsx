import { Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { usePressStop } from "@/api/guards";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Guarding.module.css";

/** Asks for the reason, and says what will stand still and what goes on. */
export default function StopDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const press = usePressStop();
  const [reason, setReason] = useState("");
  const submit = () =>
    press
      .mutateAsync(reason)
      .then(onClose)
      .catch(() => undefined); // the problem is shown in the dialog
  return (
    <Modal
      open
      title={t("guards.stopAsk")}
      okText={t("guards.stopNow")}
      okButtonProps={{ danger: true, disabled: !reason.trim(), loading: press.isPending }}
      cancelText={t("guards.cancel")}
      onOk={() => void submit()}
      onCancel={onClose}
    >
      <ul className={css.words}>
        <li>{t("guards.stopWords1")}</li>
        <li>{t("guards.stopWords2")}</li>
        <li>{t("guards.stopWords3")}</li>
      </ul>
      <label>
        {t("guards.reason")}
        <Input.TextArea
          autoFocus
          rows={2}
          maxLength={500}
          value={reason}
          placeholder={t("guards.reasonHint")}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <ProblemAlert problem={press.error} />
    </Modal>
  );
}
