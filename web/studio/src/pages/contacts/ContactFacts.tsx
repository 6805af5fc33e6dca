import { useTranslation } from "react-i18next";
import type { ReactNode } from "react";

import { useAttributeTypes, useTitles } from "@/api/catalogue";
import type { Contact } from "@/api/types";
import { DateText } from "@/parts/DateText";

import { attributeText, OF_CONSENT } from "./attributes";
import css from "./ContactFacts.module.css";

/** The attributes of a contact, name by name. */
export function ContactFacts({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const attribute = useTitles(useAttributeTypes().data);
  const shown = Object.entries(contact.attributes).filter(([name]) => !OF_CONSENT.test(name));
  return (
    <dl className={css.facts}>
      {shown.map(([name, value]) => (
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
