/** Publishing and the journey's life: the button that opens the drawer, and pausing, resuming, archiving, cloning. */
import { App, Button, Dropdown } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { useDuplicateJourney, type LifeDeed } from "@/api/journeys";

import { getJourney } from "../api";
import { openPublishing } from "../publish/store";
import { useCanvas } from "../store";

const LifeDialog = lazy(() => import("@/pages/journeys/LifeDialog"));

export function PublishButton() {
  const { t } = useTranslation("canvas");
  const status = useCanvas((state) => state.journey?.status);
  const readOnly = useCanvas((state) => state.readOnly);
  const on = useCanvas((state) => state.side === "publish");
  if (readOnly || !status) return null;
  return (
    <>
      {status !== "draft" && <LifeMenu />}
      {status !== "archived" && (
        <Button
          type="primary"
          aria-pressed={on}
          onClick={() => (on ? useCanvas.getState().setSide(null) : openPublishing("draft"))}
        >
          {t("publish.button")}
        </Button>
      )}
    </>
  );
}

function LifeMenu() {
  const { t } = useTranslation("canvas");
  const { t: plain } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const duplicate = useDuplicateJourney();
  const journey = useCanvas((state) => state.journey)!;
  const [asking, setAsking] = useState<LifeDeed | null>(null);
  const clone = async () => {
    try {
      const made = await duplicate.mutateAsync({
        id: journey.id,
        name: plain("deeds.duplicate.called", { name: journey.name }),
      });
      message.success(plain("deeds.duplicate.done", { name: journey.name }));
      void navigate(`/journeys/${made.id}`);
    } catch (problem) {
      message.error(problem instanceof Error ? problem.message : String(problem));
    }
  };
  const deeds = (["pause", "resume", "archive"] as const).filter((deed) => journey.can?.includes(deed));
  const items = [
    ...deeds.map((deed) => ({ key: deed, label: t(`life.${deed}`), onClick: () => setAsking(deed) })),
    { key: "clone", label: t("life.clone"), onClick: () => void clone() },
  ];
  return (
    <>
      <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
        <Button>{t(`life.is.${journey.status}`)} ▾</Button>
      </Dropdown>
      {asking && (
        <Suspense fallback={null}>
          <LifeDialog
            journey={journey}
            deed={asking}
            onClose={() => setAsking(null)}
            onDone={() => void getJourney(journey.id).then(useCanvas.getState().setJourney)}
          />
        </Suspense>
      )}
    </>
  );
}
