import { Button } from "antd";
import { lazy, useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet } from "react-router";

import { useStop } from "@/api/guards";
import { useMay, useSession } from "@/api/session";
import { DateText } from "@/parts/DateText";
import { WhenOpened } from "@/parts/WhenOpened";

import css from "./Guarding.module.css";

const ReleaseDialog = lazy(() => import("./ReleaseDialog"));

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
      <WhenOpened open={asking}>
        {asking && <ReleaseDialog waiting={stop.waiting} onClose={() => setAsking(false)} />}
      </WhenOpened>
    </section>
  );
}
