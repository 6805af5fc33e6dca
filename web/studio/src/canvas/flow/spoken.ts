/** What is selected, said aloud: the card's name and what is wrong with it, or the arrow's words. */
import { useTranslation } from "react-i18next";

import { useCanvas } from "../store";
import { nameOf } from "./names";
import type { Scene } from "./scene";

export function useSpoken(scene: Scene): { element: string | undefined; words: string } {
  const { t } = useTranslation("canvas");
  const selection = useCanvas((state) => state.selection);
  const [id] = selection;
  const wrong = useCanvas((state) => (id ? (state.problems.byNode.get(id)?.length ?? 0) : 0));
  if (!id) return { element: undefined, words: "" };
  if (selection.length > 1)
    return { element: undefined, words: t("many.title", { count: selection.length }) };
  const node = scene.byId.get(id);
  if (node) {
    const problems = wrong > 0 ? `，${t("a11y.problems", { count: wrong })}` : "";
    return { element: `rb-node-${id}`, words: `${nameOf(node, t)}${problems}` };
  }
  const edge = scene.flow.edges.find((one) => one.data.arrow?.id === id);
  if (!edge) return { element: undefined, words: "" };
  const end = (place: string) => {
    const card = scene.byId.get(place);
    return card ? nameOf(card, t) : "";
  };
  const why = edge.data.chip?.text ?? edge.sourceHandle;
  return {
    element: undefined,
    words: t("a11y.arrow", { why, from: end(edge.source), to: end(edge.target) }),
  };
}
