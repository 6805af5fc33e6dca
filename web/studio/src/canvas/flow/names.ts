/** What a card is called by those who hear it instead of seeing it. */
import type { FlowNode } from "./types";

type Translate = (key: string, values?: Record<string, string>) => string;

export function nameOf(node: FlowNode, t: Translate): string {
  switch (node.type) {
    case "stage":
      return t("a11y.stage", { name: node.data.stage.name });
    case "step":
      return t("a11y.step", { name: node.data.title, kind: node.data.kindTitle, line: node.data.sentence });
    case "entry":
      return t("a11y.entry", { name: node.data.sentence });
    case "end":
      return t("a11y.end", { name: node.data.end.name });
    case "note":
      return t("a11y.note", { name: node.data.note.text });
    default:
      return t("any.title");
  }
}
