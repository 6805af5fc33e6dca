import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet } from "react-router";

import { useReleaseStop, useStop } from "@/api/guards";
import { useMay, useSession } from "@/api/session";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Guarding.module.css";

/** Every page, under a line that says so while nothing is sent. */
export function UnderTheStop() {
  const isStaff = useSession().data?.workspace.role === "staff";
  return (
    <div className={css.frame}>
      {!isStaff && <StoppedBanner />}
      <div className={css.rest}>
        <Outlet />
      </div>
    </div>
  );
}

function StoppedBanner() {
  const { t } = useTranslation();
  const { data: stop } = useStop();
  const mayRelease = useMay("owner");
  const [asking, setAsking] = useState(false);
  if (!stop || stop.state === "sending") return null;
  if (stop.state === "releasing") {
    return (
      <section className={`${css.banner} ${css.going}`} role="status">
        <span>{t("guards.releasing")}</span>
      </section>
    );
  }
  return (
    <section className={css.banner} role="status" aria-label={t("guards.stopped")}>
      <strong>{t("guards.stopped")}</strong>
      <span>
        {t("guards.stoppedBy", { name: stop.by, reason: stop.reason })}{" "}
        <DateText iso={stop.since} as="minute" />
        {" · "}
        {t("guards.waiting", { count: stop.waiting })}
      </span>
      {mayRelease && (
        <Button ghost size="small" onClick={() => setAsking(true)}>
          {t("guards.letGo")}
        </Button>
      )}
      {asking && <ReleaseDialog waiting={stop.waiting} onClose={() => setAsking(false)} />}
    </section>
  );
}

function ReleaseDialog({ waiting, onClose }: { waiting: number; onClose: () => void }) {
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
