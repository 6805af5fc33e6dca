import { Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { usePressStop, useStop } from "@/api/guards";
import { useMay } from "@/api/session";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Guarding.module.css";

/** The button that stops everything the workspace sends; asked once more, in words that say what happens. */
export function StopButton() {
  const { t } = useTranslation();
  const mayStop = useMay("owner");
  const { data: stop } = useStop();
  const [asking, setAsking] = useState(false);
  if (!mayStop || !stop || stop.state === "stopped") return null;
  return (
    <>
      <button type="button" className={css.stop} onClick={() => setAsking(true)}>
        <Icon name="warn" />
        <span>{t("guards.stop")}</span>
      </button>
      {asking && <StopDialog onClose={() => setAsking(false)} />}
    </>
  );
}

export function StopDialog({ onClose }: { onClose: () => void }) {
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
