import { useTranslation } from "react-i18next";

import type { Attachment, Body, Carrier } from "@/api/types";

import { MessageText } from "./MessageText";
import css from "./PhonePreview.module.css";

interface PhonePreviewProps {
  carrier: Carrier;
  body: Body;
  /** Who the customer sees as the sender; the brand when left out. */
  sender?: string;
  /** A small line above the message, usually its time. */
  caption?: string;
}

/** A message as the customer would see it on a phone, drawn in the manner of its carrier. */
export function PhonePreview({ carrier, body, sender, caption }: PhonePreviewProps) {
  const { t } = useTranslation();
  const name = sender ?? t("parts.brand");
  return (
    <figure className={css.phone} aria-label={t("parts.phone", { carrier: t(`carriers.${carrier}`) })}>
      <figcaption className={css.bar}>
        <span className={css.notch} aria-hidden="true" />
        <span className={css.barName}>{carrier === "moments" ? t("carriers.moments") : name}</span>
      </figcaption>
      <div className={`${css.screen} ${carrier === "email" || carrier === "moments" ? css.plain : ""}`}>
        {caption && <div className={css.caption}>{caption}</div>}
        <Message carrier={carrier} body={body} name={name} />
      </div>
    </figure>
  );
}

function Message({ carrier, body, name }: { carrier: Carrier; body: Body; name: string }) {
  if (carrier === "email") return <Letter body={body} name={name} />;
  if (carrier === "moments") return <Moment body={body} name={name} />;
  if (carrier === "official_account" || carrier === "mini_program") return <Article body={body} />;
  return <Chat body={body} name={name} sms={carrier === "sms"} group={carrier === "wecom_group"} />;
}

function Chat({ body, name, sms, group }: { body: Body; name: string; sms: boolean; group: boolean }) {
  const bubble = sms ? `${css.bubble} ${css.sms}` : css.bubble;
  return (
    <div className={css.chat}>
      {!sms && <Avatar name={name} />}
      <div className={css.said}>
        {group && <div className={css.speaker}>{name}</div>}
        {body.title && <div className={`${bubble} ${css.title}`}>{body.title}</div>}
        <div className={bubble}>
          <MessageText text={whole(body, sms)} />
        </div>
        <Attachments items={body.attachments} />
      </div>
    </div>
  );
}

/** What arrives as one text although it is written in parts. */
function whole(body: Body, sms: boolean): string {
  const signature = body.signature?.replace(/[【】]/g, "");
  const signed = sms && signature && !body.text.startsWith("【") ? `【${signature}】${body.text}` : body.text;
  const called = body.call ? `${signed}\n\n${body.call}` : signed;
  return body.opt_out && !called.includes(body.opt_out) ? `${called} ${body.opt_out}` : called;
}

function Letter({ body, name }: { body: Body; name: string }) {
  const { t } = useTranslation();
  return (
    <article className={css.letter}>
      <h4 className={css.subject}>{body.subject ?? body.title ?? t("parts.noSubject")}</h4>
      <div className={css.from}>{name}</div>
      {body.html ? (
        // Nothing in it may run or reach the studio: no scripts, no origin of its own.
        <iframe className={css.page} title={t("parts.letter")} sandbox="" srcDoc={body.html} />
      ) : (
        <MessageText text={body.text} />
      )}
      <Attachments items={body.attachments} />
    </article>
  );
}

function Moment({ body, name }: { body: Body; name: string }) {
  return (
    <article className={css.moment}>
      <Avatar name={name} />
      <div className={css.said}>
        <div className={css.poster}>{name}</div>
        <MessageText text={body.text} />
        <Attachments items={body.attachments} />
      </div>
    </article>
  );
}

function Article({ body }: { body: Body }) {
  const { t } = useTranslation();
  return (
    <article className={css.article}>
      {body.title && <h4 className={css.subject}>{body.title}</h4>}
      {body.data?.length ? (
        <dl className={css.fields}>
          {body.data.map((item, index) => (
            <div key={index}>
              <dt>{item.name}</dt>
              <dd>
                <MessageText text={item.value} />
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <MessageText text={body.text} />
      )}
      {Boolean(body.url ?? body.page) && <div className={css.more}>{t("parts.readMore")}</div>}
      <Attachments items={body.attachments} />
    </article>
  );
}

function Avatar({ name }: { name: string }) {
  return (
    <span className={css.avatar} aria-hidden="true">
      {[...name][0]}
    </span>
  );
}

function Attachments({ items }: { items?: Attachment[] }) {
  const { t } = useTranslation();
  if (!items?.length) return null;
  return (
    <ul className={css.attachments}>
      {items.map((item, index) => (
        <li key={index} className={css.attachment}>
          <span className={css.thumb} aria-hidden="true" />
          <span className={css.attachmentWords}>
            <strong>{item.title || t(`attachments.${item.type}`, { defaultValue: item.type })}</strong>
            <small>{item.url ?? t(`attachments.${item.type}`, { defaultValue: item.type })}</small>
          </span>
        </li>
      ))}
    </ul>
  );
}
