/** Publishing: what will happen, what stands in the way, and for how many people; then pausing and going on. */
import { App, Button, Dropdown, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useCarriers } from "@/api/catalogue";
import { ApiProblem } from "@/api/problem";
import type { CheckProblem } from "@/api/types";
import { useWords } from "@/parts/language";

import { getJourney, pause, publish, resume } from "../api";
import { isUnsaved, saveNow } from "../autosave";
import { find } from "../model/lookup";
import { ProblemWords } from "../panels/ProblemsPanel";
import { nameOf } from "../panels/StagePanel";
import { definitionNow, selectDefinition, useCanvas } from "../store";

export function PublishButton() {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const [asking, setAsking] = useState(false);
  const status = useCanvas((state) => state.journey?.status);
  const readOnly = useCanvas((state) => state.readOnly);
  if (readOnly || !status || status === "archived") return null;
  const live = async (deed: typeof pause, said: string) => {
    const { journey, setJourney } = useCanvas.getState();
    if (!journey) return;
    try {
      await deed(journey.id);
      setJourney(await getJourney(journey.id));
      message.success(t(said));
    } catch (problem) {
      message.error(problem instanceof Error ? problem.message : String(problem));
    }
  };
  const items = [
    {
      key: "pause",
      label: t("publish.pause"),
      disabled: status !== "live",
      onClick: () => void live(pause, "publish.paused"),
    },
    {
      key: "resume",
      label: t("publish.resume"),
      disabled: status !== "paused",
      onClick: () => void live(resume, "publish.resumed"),
    },
  ];
  return (
    <>
      {status !== "draft" && (
        <Dropdown menu={{ items }} trigger={["click"]}>
          <Button aria-label={t("publish.more")}>
            {t(status === "paused" ? "publish.isPaused" : "publish.isLive")} ▾
          </Button>
        </Dropdown>
      )}
      <Button type="primary" onClick={() => setAsking(true)}>
        {t("publish.button")}
      </Button>
      {asking && <PublishDialog onClose={() => setAsking(false)} />}
    </>
  );
}

function PublishDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const journey = useCanvas((state) => state.journey)!;
  const { counts, list } = useCanvas((state) => state.problems);
  const errors = list.filter((problem) => problem.severity === "error");
  const next = (journey.live_version?.number ?? 0) + 1;

  const go = async () => {
    setBusy(true);
    setRefused(null);
    try {
      await saveNow();
      const { save, revision } = useCanvas.getState();
      if (isUnsaved()) throw new Error(save.is === "refused" ? save.detail : t("publish.unsaved"));
      const answer = await publish(journey.id, revision);
      const number = typeof answer.version === "number" ? answer.version : answer.version.number;
      useCanvas.getState().setJourney(await getJourney(journey.id));
      useCanvas.getState().setLayer("here");
      message.success(t("publish.done", { version: number }));
      onClose();
    } catch (problem) {
      const found = problem instanceof ApiProblem ? problem.body.problems : null;
      if (Array.isArray(found)) useCanvas.getState().setProblems(found as CheckProblem[], definitionNow());
      setRefused(problem instanceof Error ? problem.message : String(problem));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      onCancel={onClose}
      width={520}
      title={t("publish.title", { version: next })}
      okText={t("publish.go", { version: next })}
      okButtonProps={{ disabled: errors.length > 0, loading: busy }}
      onOk={() => void go()}
      cancelText={t("cancel")}
    >
      {errors.length > 0 ? (
        <>
          <p>{t("publish.errors", { count: errors.length })}</p>
          <ProblemLines problems={errors} onClose={onClose} />
        </>
      ) : (
        <p>{t(journey.live_version ? "publish.again" : "publish.first", { version: next })}</p>
      )}
      {journey.inside > 0 && (
        <p>{t("publish.inside", { count: journey.inside, version: journey.live_version?.number ?? 0 })}</p>
      )}
      {errors.length === 0 && counts.warning > 0 && (
        <p className="rb-quiet">{t("publish.warnings", { count: counts.warning })}</p>
      )}
      <SandboxedCarriers />
      {refused && (
        <p className="rb-wrong" role="alert">
          {refused}
        </p>
      )}
    </Modal>
  );
}

const MOST = 6;

function ProblemLines({ problems, onClose }: { problems: readonly CheckProblem[]; onClose: () => void }) {
  const { t } = useTranslation("canvas");
  const definition = useCanvas(selectDefinition);
  return (
    <ul className="rb-list">
      {problems.slice(0, MOST).map((problem, n) => (
        <li key={n}>
          <button
            type="button"
            className="rb-problem rb-problem-error"
            onClick={() => {
              onClose();
              useCanvas.getState().setSide("problems");
              if (problem.node) useCanvas.getState().select([problem.node]);
            }}
          >
            <ProblemWords
              problem={problem}
              name={
                find(definition, problem.node) && problem.node
                  ? nameOf(definition, problem.node)
                  : t("problems.journey")
              }
            />
          </button>
        </li>
      ))}
      {problems.length > MOST && (
        <li className="rb-quiet">{t("publish.more", { count: problems.length - MOST })}</li>
      )}
    </ul>
  );
}

/** Carriers without an account take messages into the sandbox; whoever publishes should know which. */
function SandboxedCarriers() {
  const { t } = useTranslation("canvas");
  const words = useWords();
  const carriers = useCarriers().data ?? [];
  const used = useCanvas((state) =>
    state.history.present.steps.map((step) => String(step.config.carrier ?? "")).join(),
  );
  const sandboxed = carriers.filter((one) => !one.has_account && used.split(",").includes(one.carrier));
  if (sandboxed.length === 0) return null;
  return (
    <p className="rb-quiet">
      {t("publish.sandbox", { carriers: sandboxed.map((one) => words(one.title)).join("、") })}
    </p>
  );
}
