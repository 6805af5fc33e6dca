/** What the palette offers, drawn from the server's kinds: the things to draw with, by group. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useCanvas } from "../store";
import type { Plant } from "../tools/types";

export interface Seed {
  key: string;
  plant: Plant;
  title: string;
  help: string;
  icon: string;
  group: string;
}
export interface SeedGroup {
  key: string;
  title: string;
  seeds: Seed[];
}

const STRUCTURE: { plant: Plant; word: string; icon: string }[] = [
  { plant: { what: "stage" }, word: "stage", icon: "stage" },
  { plant: { what: "end" }, word: "end", icon: "end" },
  { plant: { what: "any" }, word: "any", icon: "any" },
  { plant: { what: "note" }, word: "note", icon: "note" },
];

export function useSeeds(): SeedGroup[] {
  const { t } = useTranslation("canvas");
  const catalogue = useCanvas((state) => state.catalogue);
  const lang = useCanvas((state) => state.names.lang);
  return useMemo(() => {
    const structure: SeedGroup = {
      key: "structure",
      title: t("palette.structure"),
      seeds: STRUCTURE.map(({ plant, word, icon }) => ({
        key: word,
        plant,
        icon,
        group: "flow",
        title: t(`palette.${word}`),
        help: t(`palette.${word}Help`),
      })),
    };
    const entries: SeedGroup = {
      key: "entries",
      title: t("palette.entries"),
      seeds: catalogue.entries.map((form) => ({
        key: `entry-${form.type}`,
        plant: { what: "entry", type: form.type },
        icon: "flag",
        group: "flow",
        title: form.title[lang],
        help: t("palette.entryHelp"),
      })),
    };
    const kinds = catalogue.groups.map((group): SeedGroup => ({
      key: group.group,
      title: group.title[lang],
      seeds: catalogue.items
        .filter((kind) => kind.group === group.group)
        .map((kind) => ({
          key: `kind-${kind.kind}`,
          plant: { what: "step", kind: kind.kind },
          icon: kind.icon,
          group: kind.group,
          title: kind.title[lang],
          help: kind.help?.[lang] ?? "",
        })),
    }));
    return [structure, entries, ...kinds.filter((group) => group.seeds.length > 0)];
  }, [catalogue, lang, t]);
}
