/** One menu for what leaves the canvas as a file and what comes in from one. */
import { App, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { Glyph } from "../look/Glyph";
import { placeWhatLies, takeDefinition, useCanvas } from "../store";
import type { CardWords } from "./cards";
import { keepFromServer, keepJson, keepPng, keepSvg } from "./files";
import { chooseFile, importAsNew } from "./importing";

export function ExportMenu() {
  const { t } = useTranslation("canvas");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const readOnly = useCanvas((state) => state.readOnly);
  const words: CardWords = {
    from: (anchor) => t("stage.from", { anchor }),
    result: (result) => t(`result.${result}`, { defaultValue: result }),
    any: t("any.title"),
    anyHint: t("any.hint"),
  };
  const said = (problem: unknown) =>
    message.error(problem instanceof Error ? problem.message : String(problem));
  const takeIn = async (asNew: boolean) => {
    const file = await chooseFile();
    if (!file) return;
    if (!file.definition) return useCanvas.getState().say("notice.not-a-journey");
    if (asNew) {
      const made = await importAsNew(file.definition, file.name);
      void navigate(`/journeys/${made.id}`);
    } else {
      takeDefinition(file.definition, "import");
      placeWhatLies();
      useCanvas.getState().say("notice.imported", {}, true);
    }
  };
  const acts: Record<string, () => void | Promise<void>> = {
    png: () => keepPng(words),
    svg: () => keepSvg(words),
    json: keepJson,
    mermaid: () => keepFromServer("mermaid"),
    scxml: () => keepFromServer("scxml"),
    into: () => takeIn(false),
    asNew: () => takeIn(true),
  };
  const item = (key: string) => ({ key, label: t(`export.${key}`) });
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          {
            type: "group",
            label: t("export.title"),
            children: ["png", "svg", "json", "mermaid", "scxml"].map(item),
          },
          ...(readOnly
            ? []
            : [{ type: "group" as const, label: t("export.import"), children: ["into", "asNew"].map(item) }]),
        ],
        onClick: ({ key }) => void Promise.resolve(acts[key]?.()).catch(said),
      }}
    >
      <button type="button" className="rb-tool" title={t("export.menu")} aria-label={t("export.menu")}>
        <Glyph name="share" size={18} />
      </button>
    </Dropdown>
  );
}
