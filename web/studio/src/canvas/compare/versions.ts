/** The versions of a journey and what may be done with one of them. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";

import { compareVersions } from "@/api/changing";

import { getVersion, getVersions } from "../api";
import { complete } from "../model/definition";
import { placeWhatLies, takeDefinition, useCanvas } from "../store";

/** So many versions can be counted at once. */
const MOST_COUNTED = 6;

export function useVersions() {
  const journey = useCanvas((state) => state.journey?.id ?? null);
  const live = useCanvas((state) => state.journey?.live_version?.number ?? null);
  return useQuery({
    queryKey: ["versions", journey, live],
    queryFn: async () => (await getVersions(journey!)).items,
    enabled: journey !== null,
    staleTime: 0,
  });
}

/** The kept numbers of some versions, in the order asked for. */
export function useVersionNumbers(numbers: readonly number[]) {
  const journey = useCanvas((state) => state.journey?.id ?? null);
  const asked = numbers.slice(0, MOST_COUNTED);
  return useQuery({
    queryKey: ["compare", journey, asked],
    queryFn: async ({ signal }) => (await compareVersions(journey!, asked, signal)).versions,
    enabled: journey !== null && asked.length > 0,
    staleTime: 0,
  });
}

/** Puts a version into the draft, after asking; undo leads back. */
export function useTakeBack() {
  const { t } = useTranslation("canvas");
  const { message, modal } = App.useApp();
  const journey = useCanvas((state) => state.journey?.id);
  const cache = useQueryClient();
  const take = async (number: number) => {
    if (journey === undefined) return;
    try {
      const version = await getVersion(journey, number);
      takeDefinition(complete(version.definition), "takeVersion");
      placeWhatLies();
      await cache.invalidateQueries({ queryKey: ["diff"] });
      message.success(t("versions.taken", { number }));
    } catch (problem) {
      message.error(problem instanceof Error ? problem.message : String(problem));
    }
  };
  return (number: number) =>
    modal.confirm({
      title: t("versions.take", { number }),
      content: t("versions.takeHelp"),
      okText: t("versions.takeIt"),
      cancelText: t("cancel"),
      onOk: () => take(number),
    });
}
