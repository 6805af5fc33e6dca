import { useTranslation } from "react-i18next";

import type { JourneyStatus } from "@/api/types";
import { StatusPill, type Tone } from "@/parts/StatusPill";

const tones: Record<JourneyStatus, Tone> = {
  draft: "quiet",
  live: "good",
  paused: "warn",
  archived: "quiet",
};

export function JourneyStatusPill({ status }: { status: JourneyStatus }) {
  const { t } = useTranslation();
  return <StatusPill tone={tones[status]}>{t(`journeyStatus.${status}`)}</StatusPill>;
}
