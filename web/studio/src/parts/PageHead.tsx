import { useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import css from "./PageHead.module.css";

interface PageHeadProps {
  title: string;
  lead?: ReactNode;
  /** One primary button at most. */
  actions?: ReactNode;
}

/** A page's name, one sentence about it, and what can be done here. */
export function PageHead({ title, lead, actions }: PageHeadProps) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · ${t("shell.product")}`;
  }, [title, t]);
  return (
    <header className={css.head}>
      <div className={css.words}>
        <h1 className={css.title}>{title}</h1>
        {lead && <p className={css.lead}>{lead}</p>}
      </div>
      {actions && <div className={css.actions}>{actions}</div>}
    </header>
  );
}
