import { Alert, Button, QRCode, Tag } from "antd";
import { useTranslation } from "react-i18next";

import type { Code } from "@/api/codes";

import css from "./Codes.module.css";

interface CodeCardProps {
  code: Code;
  onNumbers: () => void;
  onEdit?: () => void;
}

/** One code: its picture, its promise, and its numbers. */
export function CodeCard({ code, onNumbers, onEdit }: CodeCardProps) {
  const { t } = useTranslation();
  return (
    <article className={css.card} aria-label={code.name}>
      <div className={css.picture}>
        {code.qr_code ? (
          <QRCode value={code.qr_code} size={112} bordered={false} aria-label={t("codes.qr")} />
        ) : (
          t("codes.drawing")
        )}
      </div>
      <div>
        <h2 className={css.name}>
          {code.name}
          {!code.active && <Tag>{t("codes.off")}</Tag>}
        </h2>
        <p className={css.quiet}>{code.promise || t("codes.noPromise")}</p>
        <p className={css.quiet}>
          {t(`codes.modes.${code.route.mode}`)} · {t("codes.staffCount", { count: code.route.staff.length })}
        </p>
        <dl className={css.numbers}>
          <div>
            <dt>{t("codes.today")}</dt>
            <dd>{code.joins_today}</dd>
          </div>
          <div>
            <dt>{t("codes.all")}</dt>
            <dd>{code.joins}</dd>
          </div>
        </dl>
      </div>
      {code.unsaid.length > 0 && (
        <Alert
          className={css.wide}
          type="warning"
          showIcon
          title={t("codes.unsaid", { what: code.unsaid.join("、") })}
        />
      )}
      {code.trouble && <Alert className={css.wide} type="error" showIcon title={code.trouble} />}
      <div className={css.wide}>
        <Button size="small" onClick={onNumbers}>
          {t("codes.numbers")}
        </Button>{" "}
        {onEdit && (
          <Button size="small" onClick={onEdit}>
            {t("codes.edit")}
          </Button>
        )}
      </div>
    </article>
  );
}
