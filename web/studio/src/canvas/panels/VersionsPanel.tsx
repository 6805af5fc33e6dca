/** What was published, when and by whom; an old version can be brought back into the draft. */
import { App, Button } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Version } from "@/api/types";
import { DateText } from "@/parts/DateText";

import { getVersion, getVersions } from "../api";
import { complete } from "../model/definition";
import { placeWhatLies, takeDefinition, useCanvas } from "../store";
import { Frame } from "./Frame";

export function VersionsPanel() {
  const { t } = useTranslation("canvas");
  const { message, modal } = App.useApp();
  const journey = useCanvas((state) => state.journey);
  const readOnly = useCanvas((state) => state.readOnly);
  const [versions, setVersions] = useState<Version[] | null>(null);
  const id = journey?.id;
  const live = journey?.live_version?.number;
  useEffect(() => {
    if (id === undefined) return;
    let gone = false;
    getVersions(id)
      .then((page) => !gone && setVersions(page.items))
      .catch((problem: Error) => !gone && message.error(problem.message));
    return () => {
      gone = true;
    };
  }, [id, live, message]);
  const takeBack = async (number: number) => {
    if (id === undefined) return;
    const version = await getVersion(id, number);
    takeDefinition(complete(version.definition), "takeVersion");
    placeWhatLies();
    message.success(t("versions.taken", { number }));
  };
  const ask = (number: number) =>
    modal.confirm({
      title: t("versions.take", { number }),
      content: t("versions.takeHelp"),
      okText: t("versions.takeIt"),
      cancelText: t("cancel"),
      onOk: () => takeBack(number),
    });
  return (
    <Frame title={t("head.versions")} sign="history">
      <p className="rb-help" style={{ marginTop: 0 }}>
        {t("versions.help")}
      </p>
      {versions?.length === 0 && <p className="rb-quiet">{t("versions.none")}</p>}
      <ul className="rb-list">
        {versions?.map((version) => (
          <li key={version.number} className="rb-line-item">
            <b>v{version.number}</b>
            <span className="rb-grow rb-quiet">
              <DateText iso={version.published_at} /> · {version.published_by}
            </span>
            {version.number === live && <span className="rb-tally">{t("versions.live")}</span>}
            {!readOnly && (
              <Button size="small" onClick={() => ask(version.number)}>
                {t("versions.back")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Frame>
  );
}
