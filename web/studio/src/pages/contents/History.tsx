import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useCompared, useGoBack, useVersions } from "@/api/materials";
import { useMay } from "@/api/session";
import type { Material } from "@/api/types";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Materials.module.css";

/** All versions of a text: what changed from one to the next, and the way back. */
export function History({ material, onRestored }: { material: Material; onRestored: () => void }) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const { message } = App.useApp();
  const { data: versions } = useVersions(material.id);
  const [compared, setCompared] = useState<number | null>(null);
  const back = useGoBack(material.id);
  return (
    <>
      <ProblemAlert problem={back.error} />
      <ul className={css.versions}>
        {versions?.map((one) => (
          <li key={one.number}>
            <div className={css.row}>
              <strong>{t("contents.version", { number: one.number })}</strong>
              <span className={css.quiet}>
                {one.by} · <DateText iso={one.at} />
                {one.number === material.version && ` · ${t("contents.nowVersion")}`}
                {one.number === material.approved_version && ` · ${t("contents.approvedMark")}`}
              </span>
              {one.number > 1 && (
                <Button
                  size="small"
                  type="text"
                  aria-expanded={compared === one.number}
                  onClick={() => setCompared(compared === one.number ? null : one.number)}
                >
                  {t("contents.compare")}
                </Button>
              )}
              {one.number !== material.version && mayEdit && (
                <Button
                  size="small"
                  type="text"
                  loading={back.isPending}
                  onClick={() =>
                    back.mutate(one.number, {
                      onSuccess: () => {
                        onRestored();
                        void message.success(t("contents.wentBack"));
                      },
                    })
                  }
                >
                  {t("contents.goBack")}
                </Button>
              )}
            </div>
            {compared === one.number && <Changes id={material.id} after={one.number} />}
          </li>
        ))}
      </ul>
    </>
  );
}

function Changes({ id, after }: { id: number; after: number }) {
  const { t } = useTranslation();
  const { data } = useCompared(id, after);
  if (!data) return null;
  if (data.changes.length === 0) return <p className={css.quiet}>{t("contents.noChanges")}</p>;
  return data.changes.map((change) => (
    <div key={change.path} className={css.diff}>
      <div className={css.path}>{change.path}</div>
      <Pieces pieces={change.pieces} />
    </div>
  ));
}

/** What stayed, what went out and what came in, in the order of reading. */
export function Pieces({ pieces }: { pieces: { how: string; text: string }[] }) {
  return pieces.map((piece, index) => {
    if (piece.how === "in") return <ins key={index}>{piece.text}</ins>;
    if (piece.how === "out") return <del key={index}>{piece.text}</del>;
    return <span key={index}>{piece.text}</span>;
  });
}
