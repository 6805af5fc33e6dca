import { Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useReleaseStop } from "@/api/guards";
import { ProblemAlert } from "@/parts/ProblemAlert";

/** Lets the workspace send again; says how many messages wait for it. */
export default function ReleaseDialog({ waiting, onClose }: { waiting: number; onClose: () => void }) {
  const { t } = useTranslation();
  const release = useReleaseStop();
  const [note, setNote] = useState("");
  const submit = () =>
    release
      .mutateAsync(note)
      .then(onClose)
      .catch(() => undefined); // the problem is shown in the dialog
  return (
    <Modal
      open
      title={t("guards.letGoAsk")}
      okText={t("guards.letGo")}
      okButtonProps={{ loading: release.isPending }}
      cancelText={t("guards.cancel")}
      onOk={() => void submit()}
      onCancel={onClose}
    >
      <p>{t("guards.letGoWords", { count: waiting })}</p>
      <label>
        {t("guards.note")}
        <Input.TextArea
          rows={2}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <ProblemAlert problem={release.error} />
    </Modal>
  );
}
