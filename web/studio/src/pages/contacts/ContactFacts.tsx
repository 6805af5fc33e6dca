import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";

import { useAttributeTypes, useTitles } from "@/api/catalogue";
import type { Contact } from "@/api/types";
import { DateText } from "@/parts/DateText";

import { attributeText } from "./attributes";
import css from "./ContactFacts.module.css";
import { TagList } from "./TagList";

/** All that is known of a contact, name by name. */
export function ContactFacts({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const attribute = useTitles(useAttributeTypes().data);
  return (
    <dl className={css.facts}>
      <Fact name={t("contacts.externalId")}>{contact.external_id ?? "—"}</Fact>
      {Object.entries(contact.identities ?? {}).map(([kind, value]) => (
        <Fact key={kind} name={t(`identities.${kind}`, { defaultValue: kind })}>
          {value}
        </Fact>
      ))}
      <Fact name={t("contacts.tags")}>
        <TagList tags={contact.tags} />
      </Fact>
      {Object.entries(contact.attributes).map(([name, value]) => (
        <Fact key={name} name={attribute(name)}>
          {attributeText(value) || "—"}
        </Fact>
      ))}
      {contact.timezone && <Fact name={t("contacts.timezone")}>{contact.timezone}</Fact>}
      <Fact name={t("contacts.since")}>
        <DateText iso={contact.created_at} as="minute" />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={css.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
