import { Button, Popover, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useChangeWorkspace, useSession, useSignOut } from "@/api/session";
import { Icon } from "@/parts/Icon";

import css from "./AccountMenu.module.css";
import { Appearance, LanguageSwitch } from "./Preferences";

/** Who is signed in, in which workspace, language and light. */
export function AccountMenu() {
  const { t } = useTranslation();
  const { data: session } = useSession();
  if (!session) return null;
  const name = session.account.name || session.account.email;
  return (
    <Popover trigger="click" placement="topLeft" arrow={false} content={<Choices />}>
      <button type="button" className={css.who} aria-label={t("shell.account", { name })}>
        <span className={css.face} aria-hidden="true">
          {[...name][0]}
        </span>
        <span className={css.name}>{name}</span>
        <Icon name="dots" size={16} />
      </button>
    </Popover>
  );
}

function Choices() {
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
