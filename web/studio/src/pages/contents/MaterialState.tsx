import { useTranslation } from "react-i18next";

import type { Material } from "@/api/types";
import { StatusPill, type Tone } from "@/parts/StatusPill";

const TONES: Record<Material["status"], Tone> = {
  draft: "quiet",
  review: "brand",
  approved: "good",
  sent_back: "bad",
};

/** How far a text is: draft, in review, approved, sent back; or over. */
export function MaterialState({ material }: { material: Material }) {
  const { t } = useTranslation();
  if (material.expires_at && Date.parse(material.expires_at) <= Date.now())
    return <StatusPill tone="warn">{t("contents.expired")}</StatusPill>;
  return <StatusPill tone={TONES[material.status]}>{t(`contents.statuses.${material.status}`)}</StatusPill>;
}
