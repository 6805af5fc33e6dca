import { Skeleton, Tabs } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { useGroup, type Group } from "@/api/groups";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { ContactJourneys } from "@/pages/contacts/ContactJourneys";
import { attributeText } from "@/pages/contacts/attributes";
import { TagList } from "@/pages/contacts/TagList";
import { GroupTimeline } from "@/pages/contacts/Timeline";
import { DateText } from "@/parts/DateText";
import { useWords } from "@/parts/language";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Groups.module.css";
import { Members } from "./Members";

const Board = lazy(() => import("./Board"));
/** Attributes of which the page has a word of its own. */
const OURS = ["member_count", "created_on", "owner", "expected_members"] as const;

/** One customer group: its phases with their measures, how it went day by day, its members, and where it stands. */
export default function GroupPage() {
  const { id } = useParams();
  const { data, error, refetch } = useGroup(Number(id));
  if (error) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  return data ? <Shown key={data.id} group={data} /> : <PageSkeleton />;
}

function Shown({ group }: { group: Group }) {
  const { t } = useTranslation();
  const words = useWords();
  const lead = [
    group.dismissed_at ? t("groups.dismissed") : words(group.phase.title),
    t("groups.days", { count: group.days + 1 }),
    `${t("groups.members")} ${group.member_count}`,
    group.owner && `${t("groups.owner")} ${group.owner}`,
  ];
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={group.name || group.key}
        lead={lead.filter(Boolean).join(" · ")}
        actions={<Link to="/groups">{t("groups.back")}</Link>}
      />
      <Suspense fallback={<Skeleton active paragraph={{ rows: 8 }} />}>
        <Board group={group} />
      </Suspense>
      <Tabs
        items={[
          {
            key: "journeys",
            label: t("groups.inJourneys"),
            children: <ContactJourneys id={group.id} of="groups" />,
          },
          { key: "members", label: t("groups.members"), children: <Members id={group.id} /> },
          { key: "timeline", label: t("groups.timeline"), children: <GroupTimeline id={group.id} /> },
          { key: "facts", label: t("groups.facts"), children: <Facts group={group} /> },
        ]}
      />
    </Page>
  );
}

function Facts({ group }: { group: Group }) {
  const { t } = useTranslation();
  const named = (name: string) => {
    const own = OURS.find((one) => one === name);
    return own ? t(`groups.attributes.${own}`) : name;
  };
  return (
    <dl className={css.facts}>
      <dt>{t("groups.key")}</dt>
      <dd>{group.key}</dd>
      <dt>{t("groups.createdAt")}</dt>
      <dd>
        <DateText iso={group.created_at} as="minute" />
      </dd>
      <dt>{t("groups.tags")}</dt>
      <dd>
        <TagList tags={group.tags} />
      </dd>
      {group.notice && (
        <>
          <dt>{t("groups.notice")}</dt>
          <dd>{group.notice}</dd>
        </>
      )}
      {Object.entries(group.attributes).map(([name, value]) => (
        <Pair key={name} name={named(name)} value={attributeText(value as never)} />
      ))}
    </dl>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value || "—"}</dd>
    </>
  );
}
