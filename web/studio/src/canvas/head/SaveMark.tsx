/** Whether everything is saved, in a word; a conflict asks what to keep. */
import { App, Button, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { getDraft } from "../api";
import { dropBackup, putDraft, saveNow } from "../autosave";
import { Glyph } from "../look/Glyph";
import { complete, type Definition } from "../model/definition";
import { definitionNow, placeWhatLies, takeDefinition, useCanvas } from "../store";

export function SaveMark() {
  const { t } = useTranslation("canvas");
  const save = useCanvas((state) => state.save);
  const readOnly = useCanvas((state) => state.readOnly);
  if (readOnly) return <span className="rb-save">{t("save.readOnly")}</span>;
  const bad = save.is === "refused" || save.is === "conflict" || save.is === "offline";
  return (
    <>
      <span
        className={`rb-save ${bad ? "rb-save-bad" : ""}`}
        role="status"
        title={save.is === "refused" ? save.detail : t(`save.${save.is}Help`)}
      >
        <Glyph name={bad ? "warn" : "cloud"} />
        <span>{t(`save.${save.is}`)}</span>
        {save.is === "refused" && (
          <Button size="small" type="link" onClick={() => void saveNow()}>
            {t("save.again")}
          </Button>
        )}
      </span>
      {save.is === "conflict" && <Conflict />}
    </>
  );
}

/** Somebody else has saved. Nothing is lost whichever is chosen: what goes can be brought back by undo. */
function Conflict() {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const decide = async (keepMine: boolean) => {
    const { journey, setStored, setSave } = useCanvas.getState();
    if (!journey) return;
    setBusy(true);
    try {
      const theirs = await getDraft(journey.id);
      if (keepMine) {
        const mine = definitionNow();
        const answer = await putDraft(journey.id, mine, theirs.revision);
        setStored(mine, answer.revision);
      } else {
        const definition = complete(theirs.definition as Partial<Definition>);
        takeDefinition(definition, "takeTheirs");
        setStored(definition, theirs.revision);
        placeWhatLies();
      }
      dropBackup(journey.id);
      setSave({ is: "saved" });
    } catch (problem) {
      message.error(problem instanceof Error ? problem.message : String(problem));
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      closable={false}
      mask={{ closable: false }}
      title={t("conflict.title")}
      width={480}
      footer={[
        <Button key="theirs" disabled={busy} onClick={() => void decide(false)}>
          {t("conflict.theirs")}
        </Button>,
        <Button key="mine" type="primary" loading={busy} onClick={() => void decide(true)}>
          {t("conflict.mine")}
        </Button>,
      ]}
    >
      <p>{t("conflict.what")}</p>
      <p className="rb-quiet">{t("conflict.undo")}</p>
    </Modal>
  );
}
