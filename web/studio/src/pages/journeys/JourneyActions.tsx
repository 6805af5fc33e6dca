import { App, Button, Dropdown, type MenuProps } from "antd";
import { lazy, useState } from "react";
import { useTranslation } from "react-i18next";

import { useDeleteJourney, useDuplicateJourney, type LifeDeed } from "@/api/journeys";
import { ApiProblem } from "@/api/problem";
import type { Journey } from "@/api/types";
import { Icon } from "@/parts/Icon";
import { WhenOpened } from "@/parts/WhenOpened";

import css from "./JourneysPage.module.css";

const LifeDialog = lazy(() => import("./LifeDialog"));
const RenamePanel = lazy(() => import("./RenamePanel"));

type Choice = "rename" | "duplicate" | "delete" | LifeDeed;

const icons = {
  rename: "pencil",
  duplicate: "copy",
  delete: "bin",
  pause: "pause",
  resume: "play",
  archive: "box",
} as const;

/** What may be done to a journey as its life stands; only what was never published can be deleted. */
function choicesFor(journey: Journey): Choice[] {
  const life = (["pause", "resume", "archive"] as const).filter((deed) => journey.can.includes(deed));
  return ["rename", "duplicate", ...life, ...(journey.status === "draft" ? (["delete"] as const) : [])];
}

/** The menu at the end of a journey's row. Deeds that touch people name their number first. */
export function JourneyActions({ journey }: { journey: Journey }) {
  const { t } = useTranslation();
  const [renaming, setRenaming] = useState(false);
  const [asking, setAsking] = useState<LifeDeed | null>(null);
  const act = useDeed(journey, () => setRenaming(true), setAsking);
  const items: MenuProps["items"] = choicesFor(journey).map((choice) => ({
    key: choice,
    label: (
      <span className={css.deed}>
        <Icon name={icons[choice]} size={16} />
        {t(`deeds.${choice}.name`)}
      </span>
    ),
    danger: choice === "delete",
    onClick: () => act(choice),
  }));
  return (
    <>
      <Dropdown menu={{ items }} trigger={["click"]} placement="bottomRight">
        <Button
          type="text"
          icon={<Icon name="dots" />}
          aria-label={t("journeys.actionsOf", { name: journey.name })}
        />
      </Dropdown>
      <WhenOpened open={renaming}>
        <RenamePanel journey={journey} open={renaming} onClose={() => setRenaming(false)} />
      </WhenOpened>
      <WhenOpened open={asking !== null}>
        {asking && <LifeDialog journey={journey} deed={asking} onClose={() => setAsking(null)} />}
      </WhenOpened>
    </>
  );
}

function useDeed(
  journey: Journey,
  rename: () => void,
  ask: (deed: LifeDeed) => void,
): (choice: Choice) => void {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const remove = useDeleteJourney();
  const duplicate = useDuplicateJourney();
  const say = (problem: unknown) =>
    void message.error(problem instanceof ApiProblem ? problem.message : t("parts.unreachable"));
  const run = async (choice: "duplicate" | "delete") => {
    try {
      if (choice === "duplicate") {
        await duplicate.mutateAsync({
          id: journey.id,
          name: t("deeds.duplicate.called", { name: journey.name }),
        });
      } else await remove.mutateAsync(journey.id);
      void message.success(t(`deeds.${choice}.done`, { name: journey.name }));
    } catch (problem) {
      say(problem);
    }
  };
  return (choice) => {
    if (choice === "rename") return rename();
    if (choice === "duplicate") return void run(choice);
    if (choice !== "delete") return ask(choice);
    modal.confirm({
      title: t("deeds.delete.ask", { name: journey.name }),
      content: t("deeds.delete.words"),
      okText: t("deeds.delete.name"),
      okButtonProps: { danger: true },
      onOk: () => run(choice),
    });
  };
}
