/** Whether everything is saved, in a word; a conflict leads to the view of both drafts. */
import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { saveNow } from "../autosave";
import { reopen } from "../conflict/meeting";
import { Glyph } from "../look/Glyph";
import { useCanvas } from "../store";

export function SaveMark() {
  const { t } = useTranslation("canvas");
  const save = useCanvas((state) => state.save);
  const readOnly = useCanvas((state) => state.readOnly);
  if (readOnly)
    return (
      <span className="rb-save rb-save-still" title={t("notice.read-only")}>
        <Glyph name="eye" />
        {t("save.readOnly")}
      </span>
    );
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
      {save.is === "conflict" && (
        <Button size="small" danger onClick={() => void reopen()}>
          {t("conflict.solve")}
        </Button>
      )}
    </>
  );
}
