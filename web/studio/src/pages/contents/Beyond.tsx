import { Alert, Tabs } from "antd";
import { useTranslation } from "react-i18next";

import { usePolicy } from "@/api/materials";
import type { Material } from "@/api/types";

import { History } from "./History";
import css from "./Materials.module.css";
import { ReviewBox } from "./ReviewBox";
import { SlotEditor } from "./SlotEditor";
import { VariantResults } from "./VariantResults";

/** What belongs to a saved text beside its words: review, versions, slots, results. */
export function Beyond({ material, onRestored }: { material: Material; onRestored: () => void }) {
  const { t } = useTranslation();
  const items = [
    { key: "review", label: t("contents.review"), children: <ReviewBox material={material} /> },
    {
      key: "history",
      label: t("contents.history"),
      children: <History material={material} onRestored={onRestored} />,
    },
    { key: "slots", label: t("contents.slots"), children: <SlotEditor material={material} /> },
  ];
  if (material.variants?.length)
    items.push({
      key: "results",
      label: t("contents.results"),
      children: <VariantResults material={material} />,
    });
  return (
    <div className={css.more}>
      <Tabs items={items} />
    </div>
  );
}

/** Says so where customers do not read the text at hand yet. */
export function SaidNow({ material }: { material: Material | undefined }) {
  const { t } = useTranslation();
  const { data: policy } = usePolicy();
  const said = material?.approved_version;
  if (!policy || policy.review === "off" || !said || said === material.version) return null;
  return <Alert type="warning" showIcon title={t("contents.saidVersion", { number: said })} />;
}
