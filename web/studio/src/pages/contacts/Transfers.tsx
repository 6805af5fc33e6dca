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
          <One key={one.id} one={one} isNamed={contact === null} />
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
          <OneGroup key={one.id} one={one} />
        ))}
      </ul>
    </section>
  );
}

function OneGroup({ one }: { one: GroupTransfer }) {
  const { t } = useTranslation();
  return (
    <li>
      <div>
        <span>
          <Link to={`/groups/${one.group_id}`}>{one.group_name || one.group_id} </Link>
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

function One({ one, isNamed }: { one: Transfer; isNamed: boolean }) {
  const { t } = useTranslation();
  return (
    <li>
      <div>
        <span>
          {isNamed && <Link to={`/contacts/${one.contact_id}`}>{one.contact_name || one.contact_id} </Link>}
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
