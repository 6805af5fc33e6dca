import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";

import { useAllJourneys } from "@/api/journeys";
import { useMessages } from "@/api/messages";
import { useContact } from "@/api/people";
import type { Message, MessageStatus } from "@/api/types";
import { CursorTable } from "@/parts/CursorTable";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";

import { useMessageColumns } from "./columns";
import { HeldBack } from "./HeldBack";
import { MessagePanel } from "./MessagePanel";
import css from "./Messages.module.css";
import { messageStatuses } from "./statuses";

/** What the journeys said, or would have said where the sandbox took it. */
export default function MessagesPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const [opened, setOpened] = useState<Message | null>(null);
  const journeyId = Number(search.get("journey")) || undefined;
  const contactId = Number(search.get("contact")) || undefined;
  const status = (search.get("status") as MessageStatus | null) ?? undefined;
  const list = useMessages({ journey_id: journeyId, contact_id: contactId, status });
  const narrowed = Boolean(journeyId || contactId || status);
  const put = (name: string, value: string | number | undefined) =>
    setSearch(
      (before) => {
        if (value === undefined) before.delete(name);
        else before.set(name, String(value));
        return before;
      },
      { replace: true },
    );
  return (
    <Page>
      <PageHead title={t("messages.title")} lead={t("messages.lead")} />
      <HeldBack />
      <div className={css.filters}>
        {contactId && <ToOne id={contactId} onClose={() => put("contact", undefined)} />}
        <JourneyFilter value={journeyId} onChange={(id) => put("journey", id)} />
        <Select
          allowClear
          aria-label={t("messages.status")}
          placeholder={t("messages.anyStatus")}
          value={status}
          options={messageStatuses.map((value) => ({ value, label: t(`messageStatus.${value}`) }))}
          onChange={(value?: MessageStatus) => put("status", value)}
        />
      </div>
      <CursorTable
        label={t("messages.title")}
        list={list}
        columns={useMessageColumns(setOpened)}
        rowKey={(message) => message.id}
        isOpen={(message) => message.id === opened?.id}
        onOpen={setOpened}
        empty={<NoMessages narrowed={narrowed} />}
      />
      <MessagePanel message={opened} onClose={() => setOpened(null)} />
    </Page>
  );
}

/** Says whose messages these are, and lets everybody's back in. */
function ToOne({ id, onClose }: { id: number; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: contact } = useContact(id);
  const name = contact?.name || contact?.external_id || `#${id}`;
  return (
    <Button icon={<Icon name="close" size={14} />} iconPlacement="end" onClick={onClose}>
      {t("messages.onlyTo", { name })}
    </Button>
  );
}

function JourneyFilter({ value, onChange }: { value?: number; onChange: (id?: number) => void }) {
  const { t } = useTranslation();
  const { data } = useAllJourneys();
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: "label" }}
      aria-label={t("messages.journey")}
      placeholder={t("messages.anyJourney")}
      value={value}
      options={data?.map(({ id, name }) => ({ value: id, label: name }))}
      onChange={onChange}
    />
  );
}

function NoMessages({ narrowed }: { narrowed: boolean }) {
  const { t } = useTranslation();
  if (narrowed) return <EmptyState picture="letters" title={t("messages.noneSuch")} />;
  return (
    <EmptyState
      picture="letters"
      title={t("messages.none")}
      action={
        <LinkButton type="primary" to="/journeys">
          {t("shell.toJourneys")}
        </LinkButton>
      }
    >
      {t("messages.noneWords")}
    </EmptyState>
  );
}
