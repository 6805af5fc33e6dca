/** Who stands at a node, and the story of one of them. */
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Enrollment } from "@/api/types";

import { find } from "../model/lookup";
import { useDrawn } from "../publish/review";
import { Standing } from "../story/Standing";
import { Story } from "../story/Story";
import { useCanvas } from "../store";
import { Frame } from "./Frame";
import { nameOf } from "./StagePanel";

export function PeoplePanel() {
  const { t } = useTranslation("canvas");
  const definition = useDrawn();
  const node = useCanvas((state) => state.peopleAt);
  const [chosen, setChosen] = useState<Enrollment | null>(null);
  if (!node) return null;
  const found = find(definition, node);
  const name = found ? nameOf(definition, node) : node;
  return (
    <Frame
      title={t(found?.is === "end" ? "people.leftBy" : "people.at", { name })}
      sign="person"
      group="people"
      reading
    >
      {chosen ? (
        <Story key={chosen.id} known={chosen} onBack={() => setChosen(null)} />
      ) : (
        <Standing key={node} node={node} onChoose={setChosen} />
      )}
    </Frame>
  );
}
