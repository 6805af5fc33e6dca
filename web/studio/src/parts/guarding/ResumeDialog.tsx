import { Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useReleaseTrip, type Trip } from "@/api/guards";
import { ProblemAlert } from "@/parts/ProblemAlert";

/** Lets go on what a guard holds; asks what was changed since, for the record. */
export default function ResumeDialog({ trip, onClose }: { trip: Trip; onClose: () => void }) {
  const { t } = useTranslation();
  const release = useReleaseTrip();
  const [note, setNote] = useState("");
  const submit = () =>
    release
      .mutateAsync({ id: trip.id, note })
      .then(onClose)
      .catch(() => undefined); // the problem is shown in the dialog
  return (
    <Modal
      open
      title={t("guards.resumeAsk", { name: trip.title })}
      okText={trip.action === "tell" ? t("guards.seen") : t("guards.resume")}
      okButtonProps={{ disabled: !note.trim(), loading: release.isPending }}
      cancelText={t("guards.cancel")}
      onOk={() => void submit()}
      onCancel={onClose}
    >
      <p>{t("guards.resumeWords")}</p>
      <label>
        {t("guards.changed")}
        <Input.TextArea
          autoFocus
          rows={2}
          maxLength={500}
          value={note}
          placeholder={t("guards.changedHint")}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <ProblemAlert problem={release.error} />
    </Modal>
  );
}
