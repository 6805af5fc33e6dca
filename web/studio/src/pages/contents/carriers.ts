import type { Carrier } from "@/api/types";

export const carriers: Carrier[] = [
  "wecom_direct",
  "wecom_group",
  "moments",
  "official_account",
  "sms",
  "email",
  "sandbox",
];

export const hasSubject = (carrier: Carrier) => carrier === "email";

export const hasTitle = (carrier: Carrier) => carrier === "wecom_group" || carrier === "official_account";

export const attachmentTypes = ["link", "image", "miniprogram", "video", "file"] as const;
