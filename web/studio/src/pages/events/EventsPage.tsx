import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";

import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { Page } from "@/parts/Page";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { PageHead } from "@/parts/PageHead";

import { EventKinds } from "./EventKinds";
import { LiveEvents } from "./LiveEvents";
import { SendEvent } from "./SendEvent";

/** What the events are like, what comes in just now, and a form to send one. */
export default function EventsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { part } = useParams();
  const maySend = useMay("editor");
  const items = [
    { key: "catalogue", label: t("events.catalogue"), children: <EventKinds /> },
    { key: "live", label: t("events.live"), children: <LiveEvents /> },
    ...(maySend ? [{ key: "send", label: t("events.send"), children: <SendEvent /> }] : []),
  ];
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={t("events.title")}
        lead={t("events.lead")}
        actions={
          maySend && (
            <LinkButton to="/contacts/import?kind=events" icon={<Icon name="upload" size={16} />}>
              {t("events.import")}
            </LinkButton>
          )
        }
      />
      <Tabs
        activeKey={items.some((one) => one.key === part) ? part : "catalogue"}
        items={items}
        destroyOnHidden
        onChange={(key) => void navigate(key === "catalogue" ? "/events" : `/events/${key}`)}
      />
    </Page>
  );
}
