/** How many passed each node of one version, on its sheet. */
import { useTranslation } from "react-i18next";

import type { VersionNumbers } from "@/api/changing";

import { placeOn, type Scene } from "../flow/scene";

const figure = (n: number) => n.toLocaleString("en-US");

export function PassedBadges({ scene, numbers }: { scene: Scene; numbers: VersionNumbers | undefined }) {
  const { t } = useTranslation("canvas");
  if (!numbers) return null;
  return scene.flow.nodes.flatMap((node) => {
    const count = numbers.nodes[node.id];
    if (!count || count.passed === 0) return [];
    const { x, y } = placeOn(scene.byId, node);
    const share = numbers.entered > 0 ? ` · ${Math.round((100 * count.passed) / numbers.entered)}%` : "";
    return (
      <span
        key={node.id}
        className="rb-badge"
        style={{ transform: `translate(${x + node.width}px, ${y}px) translate(-100%, -60%)` }}
        title={t("numbers.passedHere", { count: count.passed })}
      >
        {figure(count.passed)}
        {share}
      </span>
    );
  });
}
