/** What was published, when and by whom, and who is still on it; each can be opened, compared and brought back. */
import { Button, Dropdown, type MenuProps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { VersionNumbers } from "@/api/changing";
import type { Version } from "@/api/types";
import { DateText } from "@/parts/DateText";
import { useActor } from "@/parts/useActor";

import { RollBack } from "../compare/RollBack";
import { compare } from "../compare/store";
import { useTakeBack, useVersionNumbers, useVersions } from "../compare/versions";
import { Glyph } from "../look/Glyph";
import { Moves } from "../publish/Moves";
import { openPublishing } from "../publish/store";
import { useCanvas } from "../store";
import { Frame } from "./Frame";

const figure = (n: number) => n.toLocaleString("en-US");

export function VersionsPanel() {
  const { t } = useTranslation("canvas");
  const journey = useCanvas((state) => state.journey);
  const live = journey?.live_version?.number ?? null;
  const { data: versions, error } = useVersions();
  const counted = useVersionNumbers((versions ?? []).map((one) => one.number)).data;
  const [rolling, setRolling] = useState<number | null>(null);
  return (
    <Frame title={t("head.versions")} sign="history" reading>
      <p className="rb-help" style={{ marginTop: 0 }}>
        {t("versions.help")}
      </p>
      {journey && <Moves journey={journey.id} />}
      {error && <p className="rb-wrong">{error.message}</p>}
      {versions?.length === 0 && <p className="rb-quiet">{t("versions.none")}</p>}
      {live !== null && (
        <button type="button" className="rb-line-item rb-draft-line" onClick={() => compare(live, "draft")}>
          <Glyph name="edit" />
          <b>{t("compare.draft")}</b>
          <span className="rb-grow rb-quiet">{t("versions.compareDraft", { live })}</span>
          <Glyph name="step" size={14} />
        </button>
      )}
      <ol className="rb-list rb-versions">
        {versions?.map((version, n) => (
          <VersionRow
            key={version.number}
            version={version}
            before={versions[n + 1]?.number}
            live={live}
            numbers={counted?.find((one) => one.number === version.number)}
            onRollBack={setRolling}
          />
        ))}
      </ol>
      {rolling !== null && <RollBack number={rolling} onClose={() => setRolling(null)} />}
    </Frame>
  );
}

interface RowProps {
  version: Version;
  before: number | undefined;
  live: number | null;
  numbers: VersionNumbers | undefined;
  onRollBack(number: number): void;
}

function VersionRow({ version, before, live, numbers, onRollBack }: RowProps) {
  const { t } = useTranslation("canvas");
  const readOnly = useCanvas((state) => state.readOnly);
  const takeBack = useTakeBack();
  const who = useActor();
  const { number } = version;
  const isLive = number === live;
  const inside = numbers?.inside ?? 0;
  const items: MenuProps["items"] = [
    { key: "back", label: t("versions.back"), onClick: () => takeBack(number) },
    ...(isLive || live === null
      ? []
      : [
          ...(inside > 0
            ? [{ key: "move", label: t("versions.moveOut", { live }), onClick: () => openPublishing(live) }]
            : []),
          { key: "roll", label: t("versions.rollBack"), onClick: () => onRollBack(number) },
        ]),
  ];
  return (
    <li className={`rb-version ${isLive ? "rb-version-live" : ""}`}>
      <div className="rb-version-head">
        <b>v{number}</b>
        {isLive && <span className="rb-tally">{t("versions.live")}</span>}
        <span className="rb-quiet rb-version-inside">
          {numbers && (inside > 0 ? t("versions.inside", { people: figure(inside) }) : t("versions.nobody"))}
        </span>
      </div>
      <p className="rb-quiet">
        {who(version.published_by)} · <DateText iso={version.published_at} />
      </p>
      <div className="rb-version-deeds">
        <Button size="small" onClick={() => compare(number)}>
          {t("versions.open")}
        </Button>
        {before !== undefined && (
          <Button size="small" onClick={() => compare(before, number)}>
            {t("versions.compare", { before })}
          </Button>
        )}
        {!readOnly && (
          <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
            <Button size="small" type="text" aria-label={t("versions.more", { number })}>
              ⋯
            </Button>
          </Dropdown>
        )}
      </div>
    </li>
  );
}
