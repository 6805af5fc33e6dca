import { Button, Drawer, Skeleton, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useContact } from "@/api/people";
import { useMay } from "@/api/session";
import type { Contact } from "@/api/types";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { ContactFacts } from "./ContactFacts";
import { ContactForm } from "./ContactForm";
import { ContactJourneys } from "./ContactJourneys";
import { Timeline } from "./Timeline";

/** One customer: what is known of him, where he stands in each journey, and what happened. */
export function ContactPanel({ id, onClose }: { id: number | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: contact, error, refetch } = useContact(id);
  const mayEdit = useMay("editor");
  const [editing, setEditing] = useState(false);
  return (
    <Drawer
      open={id !== null}
      mask={false}
      onClose={onClose}
      size={560}
      title={contact ? contact.name || contact.external_id || `#${contact.id}` : t("shell.loading")}
      extra={
        contact &&
        mayEdit &&
        !editing && (
          <Button icon={<Icon name="pencil" size={16} />} onClick={() => setEditing(true)}>
            {t("contacts.edit")}
          </Button>
        )
      }
    >
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
      {!contact && !error && <Skeleton active paragraph={{ rows: 8 }} />}
      {contact && editing && <ContactForm contact={contact} onDone={() => setEditing(false)} />}
      {contact && !editing && <Known contact={contact} />}
    </Drawer>
  );
}

function Known({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  return (
    <Tabs
      tabBarExtraContent={<Link to={`/messages?contact=${contact.id}`}>{t("contacts.messages")}</Link>}
      items={[
        { key: "journeys", label: t("contacts.inJourneys"), children: <ContactJourneys id={contact.id} /> },
        { key: "timeline", label: t("contacts.timeline"), children: <Timeline id={contact.id} /> },
        { key: "facts", label: t("contacts.facts"), children: <ContactFacts contact={contact} /> },
      ]}
    />
  );
}
