import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useGroupTransfers, useTransfers, type GroupTransfer, type Transfer } from "@/api/wecom";
import { DateText } from "@/parts/DateText";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import css from "./Transfers.module.css";

const MOST = 5;
const tones: Record<string, Tone> = {
  done: "good",
  refused: "bad",
  limit: "bad",
  failed: "bad",
  asked: "warn",
};

/** The last customers who were handed on, or those times when this one was; nothing where there are none. */
export function Transfers({ contact }: { contact: number | null }) {
  const { t } = useTranslation();
  const { data } = useTransfers(contact);
  if (!data?.length) return null;
  return (
    <section aria-label={t("wecom.transfers")}>
      <h3 className={css.title}>{t("wecom.transfers")}</h3>
      <ul className={css.list}>
        {data.slice(0, MOST).map((one) => (
          <Line
            key={one.id}
            one={one}
            to={contact === null ? `/contacts/${one.contact_id}` : undefined}
            name={one.contact_name || String(one.contact_id)}
          />
        ))}
      </ul>
    </section>
  );
}

/** The last customer groups that were handed on; nothing where there are none. */
export function GroupTransfers() {
  const { t } = useTranslation();
  const { data } = useGroupTransfers();
  if (!data?.length) return null;
  return (
    <section aria-label={t("wecom.groupTransfers")}>
      <h3 className={css.title}>{t("wecom.groupTransfers")}</h3>
      <ul className={css.list}>
        {data.slice(0, MOST).map((one) => (
          <Line
            key={one.id}
            one={one}
            to={`/groups/${one.group_id}`}
            name={one.group_name || String(one.group_id)}
          />
        ))}
      </ul>
    </section>
  );
}

/** Who was handed on, from whom to whom, when, and how it went; without a name where it stands on the page already. */
function Line({ one, to, name }: { one: Transfer | GroupTransfer; to?: string; name?: string }) {
  const { t } = useTranslation();
  return (
    <li>
      <div>
        <span>
          {to && <Link to={to}>{name} </Link>}
          {t("wecom.moves", { from: one.from_name, to: one.to_name })}
        </span>
        <span className={css.quiet}>
          <DateText iso={one.ended_at ?? one.created_at} /> {one.reason}
        </span>
      </div>
      <StatusPill tone={tones[one.state] ?? "quiet"}>{t(`wecom.transfer.${one.state}`)}</StatusPill>
    </li>
  );
}
