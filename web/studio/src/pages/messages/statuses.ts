import type { MessageStatus } from "@/api/types";
import type { Tone } from "@/parts/StatusPill";

export const messageTones: Record<MessageStatus, Tone> = {
  pending: "quiet",
  sending: "brand",
  sent: "good",
  delivered: "good",
  failed: "bad",
  withdrawn: "quiet",
  expired: "warn",
  refused: "warn",
  unknown: "warn",
};

export const messageStatuses = Object.keys(messageTones) as MessageStatus[];
