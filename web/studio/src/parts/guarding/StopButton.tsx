import { lazy, useState } from "react";
import { useTranslation } from "react-i18next";

import { useStop } from "@/api/guards";
import { useMay } from "@/api/session";
import { Icon } from "@/parts/Icon";
import { WhenOpened } from "@/parts/WhenOpened";

import css from "./Guarding.module.css";

const StopDialog = lazy(() => import("./StopDialog"));

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
      <WhenOpened open={asking}>{asking && <StopDialog onClose={() => setAsking(false)} />}</WhenOpened>
    </>
  );
}
