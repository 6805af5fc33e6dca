import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useAttributeTypes, useTitles } from "@/api/catalogue";
import type { Contact } from "@/api/types";
import type { Column } from "@/parts/CursorTable";
import { DateText } from "@/parts/DateText";

import css from "./ContactsPage.module.css";
import { TagList } from "./TagList";
import { attributeText } from "./attributes";

const TAGS_IN_A_ROW = 3;
const ATTRIBUTES_IN_A_ROW = 3;

export function useContactColumns(keep = ""): Column<Contact>[] {
  const { t } = useTranslation();
  const attribute = useTitles(useAttributeTypes().data);
  return [
    {
      id: "name",
      title: t("contacts.name"),
      width: 180,
      cell: (contact) => (
        <Link className={css.name} to={`/contacts/${contact.id}${keep}`}>
          {contact.name || contact.external_id || `#${contact.id}`}
        </Link>
      ),
    },
    {
      id: "external",
      title: t("contacts.externalId"),
      width: 150,
      minor: true,
      cell: (contact) => <span className={css.code}>{contact.external_id ?? "—"}</span>,
    },
    {
      id: "tags",
      title: t("contacts.tags"),
      cell: (contact) => <TagList tags={contact.tags} most={TAGS_IN_A_ROW} />,
    },
    {
      id: "attributes",
      title: t("contacts.attributes"),
      minor: true,
      cell: (contact) => <span className={css.quiet}>{inShort(contact.attributes, attribute) || "—"}</span>,
    },
    {
      id: "updated",
      title: t("contacts.updated"),
      width: 130,
      minor: true,
      cell: (contact) => <DateText iso={contact.updated_at} />,
    },
  ];
}

function inShort(attributes: Contact["attributes"], titled: (name: string) => string): string {
  return Object.entries(attributes)
    .slice(0, ATTRIBUTES_IN_A_ROW)
    .map(([name, value]) => `${titled(name)}: ${attributeText(value)}`)
    .join(" · ");
}
