import { Button, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useChangeWorkspace, useSession, useSignOut } from "@/api/session";
import { Icon } from "@/parts/Icon";

import css from "./AccountMenu.module.css";
import { Appearance } from "./Appearance";
import LanguageSwitch from "./LanguageSwitch";

/** What opens above one's name: workspace, language, light, the way out. */
export default function AccountChoices() {
  const { t } = useTranslation();
  const { data: session } = useSession();
  const change = useChangeWorkspace();
  const signOut = useSignOut();
  if (!session) return null;
  return (
    <div className={css.choices}>
      <div className={css.mail}>{session.account.email}</div>
      {session.workspaces.length > 1 && (
        <Select
          aria-label={t("shell.workspace")}
          value={session.workspace.id}
          options={session.workspaces.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(id) => change.mutate(id)}
          loading={change.isPending}
        />
      )}
      <LanguageSwitch />
      <Appearance />
      <Button
        icon={<Icon name="out" size={16} />}
        onClick={() => signOut.mutate()}
        loading={signOut.isPending}
      >
        {t("shell.signOut")}
      </Button>
    </div>
  );
}
