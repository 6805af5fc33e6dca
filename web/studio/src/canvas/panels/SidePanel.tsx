/** The panel at the right: the form of what is selected, or one of the lists. */
import { useTranslation } from "react-i18next";

import { ANY_STAGE } from "../model/definition";
import { PublishPanel } from "../publish/PublishPanel";
import { selectedOne, useCanvas } from "../store";
import { WhatIfPanel } from "../whatif/WhatIfPanel";
import { ArrowPanel } from "./ArrowPanel";
import { EndPanel } from "./EndPanel";
import { EntryPanel } from "./EntryPanel";
import { Frame } from "./Frame";
import { GoalsPanel } from "./GoalsPanel";
import { PeoplePanel } from "./PeoplePanel";
import { ProblemsPanel } from "./ProblemsPanel";
import { SettingsPanel } from "./SettingsPanel";
import { StagePanel } from "./StagePanel";
import { StepPanel } from "./StepPanel";
import { VersionsPanel } from "./VersionsPanel";

export function SidePanel() {
  const side = useCanvas((state) => state.side);
  switch (side) {
    case "problems":
      return <ProblemsPanel />;
    case "versions":
      return <VersionsPanel />;
    case "settings":
      return <SettingsPanel />;
    case "goals":
      return <GoalsPanel />;
    case "people":
      return <PeoplePanel />;
    case "publish":
      return <PublishPanel />;
    case "whatif":
      return <WhatIfPanel />;
    case "selection":
      return <SelectionPanel />;
    default:
      return null;
  }
}

function SelectionPanel() {
  const found = useCanvas(selectedOne);
  const many = useCanvas((state) => state.selection.length);
  if (!found) return many > 1 ? <ManyPanel count={many} /> : null;
  switch (found.is) {
    case "step":
      return <StepPanel key={found.step.id} step={found.step} />;
    case "stage":
      return <StagePanel key={found.stage.id} stage={found.stage} />;
    case "arrow":
      return <ArrowPanel key={found.arrow.id} arrow={found.arrow} />;
    case "entry":
      return <EntryPanel key={found.entry.id} entry={found.entry} />;
    case "end":
      return <EndPanel key={found.end.id} end={found.end} />;
    default:
      return null;
  }
}

function ManyPanel({ count }: { count: number }) {
  const { t } = useTranslation("canvas");
  const ids = useCanvas((state) => state.selection);
  const { remove } = useCanvas.getState();
  return (
    <Frame title={t("many.title", { count })} sign={ANY_STAGE}>
      <p className="rb-help" style={{ marginTop: 0 }}>
        {t("many.help")}
      </p>
      <button type="button" className="rb-line-item" onClick={() => remove(ids)}>
        {t("many.remove", { count })}
      </button>
    </Frame>
  );
}
