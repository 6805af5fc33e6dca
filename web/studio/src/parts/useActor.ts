import { useTranslation } from "react-i18next";

import { useMay } from "@/api/session";
import { useApiKeys, useMembers } from "@/api/settings";

/** Who did something, by name: `account:3` is a member, `key:2` a program; what is none of these names itself. */
export function useActor(): (actor: string | null | undefined) => string {
  const { t } = useTranslation();
  const { data: members } = useMembers();
  const { data: keys } = useApiKeys(useMay("owner"));
  return (actor) => {
    const [kind, id] = (actor ?? "").split(":");
    const member = members?.find((one) => kind === "account" && one.account_id === Number(id));
    if (member) return member.name || member.email;
    if (kind !== "key") return actor ?? "";
    const key = keys?.find((one) => one.id === Number(id));
    return key ? t("parts.byKey", { name: key.name }) : t("parts.byProgram");
  };
}
