/** The page of one journey: loads it, hands it to the canvas, and keeps it saved, checked and counted. */
import { App } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";

import { useSession } from "@/api/session";
import type { Draft, Journey } from "@/api/types";
import { TripBanner } from "@/parts/guarding/TripBanner";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { getDraft, getJourney } from "./api";
import { dropBackup, readBackup, startAutosave } from "./autosave";
import { startChecking } from "./checking";
import { Editor } from "./Editor";
import { Camera, CameraContext } from "./flow/camera";
import "./i18n";
import { complete } from "./model/definition";
import { openJourney, placeWhatLies, takeDefinition, useCanvas } from "./store";
import { startNumbers } from "./watchNumbers";
import { useWorkspaceWords } from "./workspaceWords";

export default function EditorPage() {
  const id = Number(useParams().id);
  return <Loaded key={id} id={id} />;
}

function Loaded({ id }: { id: number }) {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const role = useSession().data?.workspace.role;
  const words = useWorkspaceWords();
  const [draft, setDraft] = useState<{ journey: Journey; draft: Draft } | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const [open, setOpen] = useState(false);
  const [camera] = useState(() => new Camera());

  useEffect(() => {
    let gone = false;
    Promise.all([getJourney(id), getDraft(id)])
      .then(([journey, found]) => !gone && setDraft({ journey, draft: found }))
      .catch((problem: unknown) => !gone && setFailed(problem));
    return () => {
      gone = true;
    };
  }, [id]);

  const readOnly = role === "viewer" || role === "analyst";
  useEffect(() => {
    if (!draft || !words.ready) return;
    openJourney(draft.journey, draft.draft, readOnly);
    if (!readOnly && bringBack(id)) message.info(t("save.restored"));
    placeWhatLies();
    // A journey that was just cloned is shown running at once; the bar begins by itself.
    if (new URLSearchParams(window.location.search).has("simulate")) useCanvas.getState().setPlaying(true);
    setOpen(true);
    const stops = [startAutosave(), startChecking(), startNumbers()];
    return () => stops.forEach((stop) => stop());
  }, [draft, words.ready, readOnly, id, message, t]);

  useAskedPanel(open);
  const problem = failed ?? words.error;
  if (problem) return <ProblemAlert problem={problem} />;
  if (!open) return <PageSkeleton />;
  return (
    <CameraContext value={camera}>
      <div className="rb-under-trips">
        <TripBanner journeyId={id} />
        <Editor />
      </div>
    </CameraContext>
  );
}

/** The tray and links from elsewhere name the panel to open; it is opened once. */
function useAskedPanel(open: boolean): void {
  const [asked, setAsked] = useSearchParams();
  const panel = asked.get("panel");
  useEffect(() => {
    if (!open || panel !== "versions") return;
    useCanvas.getState().setSide(panel);
    setAsked({}, { replace: true });
  }, [open, panel, setAsked]);
}

/** Brings back what the browser kept and the server never got. If the server has a newer draft by now, saving finds
 *  that out and merges the two. */
function bringBack(id: number): boolean {
  const backup = readBackup(id);
  const { revision, setSave, setStored } = useCanvas.getState();
  if (!backup) return false;
  if (backup.revision > revision) {
    dropBackup(id);
    return false;
  }
  takeDefinition(complete(backup.definition), "restore");
  if (backup.revision < revision) setStored(complete(backup.base ?? {}), backup.revision);
  setSave({ is: "waiting" });
  return true;
}
