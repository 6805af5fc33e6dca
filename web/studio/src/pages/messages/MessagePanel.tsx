import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import type { Message } from "@/api/types";
import { SideSheet } from "@/parts/SideSheet";
import { minute } from "@/parts/dates";
import { DateText } from "@/parts/DateText";
import { PhonePreview } from "@/parts/PhonePreview";
import { StatusPill } from "@/parts/StatusPill";

import css from "./Messages.module.css";
import { messageTones } from "./statuses";

/** One message as it arrived on the phone, and the story of its sending. */
export function MessagePanel({ message, onClose }: { message: Message | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <SideSheet
      mask={false}
      open={message !== null}
      onClose={onClose}
      size={460}
      title={message?.contact_name ?? t("messages.one")}
    >
      {message && (
        <div className={css.panel}>
          {message.reason && <Alert type="warning" showIcon title={message.reason} />}
          {message.rendered ? (
            <PhonePreview
              carrier={message.carrier}
              body={message.rendered}
              caption={minute(message.sent_at ?? message.not_before)}
            />
          ) : (
            <p className={css.quiet}>{t("messages.notWritten")}</p>
          )}
          <Story message={message} />
        </div>
      )}
    </SideSheet>
  );
}

function Story({ message }: { message: Message }) {
  const { t } = useTranslation();
  const used = message.rendered?.carrier;
  return (
    <dl className={css.story}>
      <dt>{t("messages.status")}</dt>
      <dd>
        <StatusPill tone={messageTones[message.status]}>{t(`messageStatus.${message.status}`)}</StatusPill>
      </dd>
      <dt>{t("messages.carrier")}</dt>
      <dd>
        {t(`carriers.${message.carrier}`)}
        {used && used !== message.carrier && (
          <span className={css.quiet}> {t("messages.takenBy", { carrier: t(`carriers.${used}`) })}</span>
        )}
      </dd>
      <dt>{t("messages.journey")}</dt>
      <dd>
        <Link to={`/journeys/${message.journey_id}`}>{message.journey_name}</Link>
      </dd>
      <dt>{t("messages.to")}</dt>
      <dd>
        <Link to={message.group_id ? `/groups/${message.group_id}` : `/contacts/${message.contact_id}`}>
          {message.contact_name || `#${message.group_id ?? message.contact_id}`}
        </Link>
      </dd>
      <dt>{t("messages.material")}</dt>
      <dd className={css.code}>{message.content}</dd>
      <dt>{t("messages.due")}</dt>
      <dd>
        <DateText iso={message.due_at} as="minute" />
      </dd>
      {message.sent_at && (
        <>
          <dt>{t("messages.sentAt")}</dt>
          <dd>
            <DateText iso={message.sent_at} as="minute" />
          </dd>
        </>
      )}
    </dl>
  );
}
