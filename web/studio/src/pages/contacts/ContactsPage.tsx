import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";

import { useContacts } from "@/api/people";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { CursorTable } from "@/parts/CursorTable";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { useSettled } from "@/parts/useSettled";

import { AddContactPanel } from "./AddContactPanel";
import { useContactColumns } from "./columns";
import css from "./ContactsPage.module.css";

const TYPING_MS = 300;

/** Everybody the workspace knows. */
export default function ContactsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const [adding, setAdding] = useState(false);
  const [typed, setTyped] = useState(search.get("q") ?? "");
  const q = useSettled(typed.trim(), TYPING_MS);
  const list = useContacts(q);
  const mayEdit = useMay("editor");
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={t("contacts.title")}
        lead={t("contacts.lead")}
        actions={
          mayEdit && (
            <>
              <Button onClick={() => setAdding(true)}>{t("contacts.add")}</Button>
              <LinkButton type="primary" to="/contacts/import" icon={<Icon name="upload" size={16} />}>
                {t("contacts.import")}
              </LinkButton>
            </>
          )
        }
      />
      <div className={css.tools}>
        <Input
          allowClear
          prefix={<Icon name="search" size={16} />}
          placeholder={t("contacts.search")}
          aria-label={t("contacts.find")}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setSearch(event.target.value ? { q: event.target.value } : {}, { replace: true });
          }}
        />
      </div>
      <CursorTable
        label={t("contacts.title")}
        list={list}
        columns={useContactColumns()}
        rowKey={(contact) => contact.id}
        onOpen={(contact) => void navigate(`/contacts/${contact.id}`)}
        empty={q ? <NobodyFound q={q} /> : <NobodyYet />}
      />
      <AddContactPanel open={adding} onClose={() => setAdding(false)} />
    </Page>
  );
}

function NobodyYet() {
  const { t } = useTranslation();
  return (
    <EmptyState
      picture="people"
      title={t("contacts.none")}
      action={
        <LinkButton type="primary" to="/contacts/import">
          {t("contacts.import")}
        </LinkButton>
      }
    >
      {t("contacts.noneWords")}
    </EmptyState>
  );
}

function NobodyFound({ q }: { q: string }) {
  const { t } = useTranslation();
  return (
    <EmptyState picture="people" title={t("contacts.notFound", { q })}>
      {t("contacts.notFoundWords")}
    </EmptyState>
  );
}
