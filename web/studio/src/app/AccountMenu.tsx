import { Popover } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";

import { useSession } from "@/api/session";
import { Icon } from "@/parts/Icon";

import css from "./AccountMenu.module.css";

const AccountChoices = lazy(() => import("./AccountChoices"));

/** Who is signed in, in which workspace, language and light. */
export function AccountMenu() {
  const { t } = useTranslation();
  const { data: session } = useSession();
  if (!session) return null;
  const name = session.account.name || session.account.email;
  return (
    <Popover
      trigger="click"
      placement="topLeft"
      arrow={false}
      content={
        <Suspense fallback={<div className={css.choices} />}>
          <AccountChoices />
        </Suspense>
      }
    >
      <button type="button" className={css.who}>
        <span className={css.face} data-letter={[...name][0]} aria-hidden="true" />
        <span className="visually-hidden">{t("shell.account")}</span>
        <span className={css.name}>{name}</span>
        <Icon name="dots" size={16} />
      </button>
    </Popover>
  );
}
