import { useTranslation } from "react-i18next";

import type { Message } from "@/api/types";
import type { Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";
import { StatusPill } from "@/parts/StatusPill";

import css from "./Messages.module.css";
import { messageTones } from "./statuses";

export function useMessageColumns(open: (message: Message) => void): Column<Message>[] {
  const { t } = useTranslation();
  return [
    {
      id: "to",
      title: t("messages.to"),
      width: 150,
      cell: (message) => (
        <button type="button" className={css.to} onClick={() => open(message)}>
          {message.contact_name || `#${message.group_id ?? message.contact_id}`}
        </button>
      ),
    },
    {
      id: "text",
      title: t("messages.text"),
      cell: (message) => <span className={css.line}>{message.rendered?.text ?? message.content}</span>,
    },
    {
      id: "carrier",
      title: t("messages.carrier"),
      width: 120,
      minor: true,
      cell: (message) => t(`carriers.${message.carrier}`),
    },
    {
      id: "journey",
      title: t("messages.journey"),
      width: 170,
      minor: true,
      cell: (message) => <span className={css.quiet}>{message.journey_name}</span>,
    },
    {
      id: "status",
      title: t("messages.status"),
      width: 120,
      cell: ({ status, reason }) => (
        <span title={reason ?? undefined}>
          <StatusPill tone={messageTones[status]}>{t(`messageStatus.${status}`)}</StatusPill>
        </span>
      ),
    },
    {
      id: "at",
      title: t("messages.at"),
      width: 130,
      minor: true,
      cell: (message) => <DateText iso={message.sent_at ?? message.not_before} />,
    },
  ];
}
