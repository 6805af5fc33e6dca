import { Button, Skeleton } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useNavigate, useParams } from "react-router";

import { useContact } from "@/api/people";
import { ApiProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import type { Person } from "@/api/types";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { ContactRewards } from "@/pages/coupons/ContactRewards";
import { ContactTags } from "@/pages/tags/ContactTags";
import { ContactTiers } from "@/pages/tiers/ContactTiers";
import { EmptyState } from "@/parts/EmptyState";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { Card } from "./Card";
import css from "./ContactPage.module.css";
import { ContactFacts } from "./ContactFacts";
import { ContactForm } from "./ContactForm";
import { ContactJourneys } from "./ContactJourneys";
import { ConsentCard } from "./ConsentCard";
import { ProfileHead } from "./ProfileHead";
import { StaffCard } from "./StaffCard";
import { Timeline } from "./Timeline";

const MergePanel = lazy(() => import("./MergePanel"));
const ErasePanel = lazy(() => import("./ErasePanel"));

type Opened = "merge" | "erase" | "edit" | null;

/** One customer: who this is, what is allowed, who looks after them, where they stand, and what happened. */
export default function ContactPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const number = Number(id);
  const { data: person, error, refetch } = useContact(number);
  const gone = error instanceof ApiProblem && error.status === 404;
  // An id that was merged leads to whom it became part of.
  if (person && person.id !== number) return <Navigate to={`/contacts/${person.id}`} replace />;
  return (
    <Page>
      <AudienceTabs />
      {gone ? (
        <EmptyState
          title={t("contacts.gone")}
          picture="people"
          action={
            <LinkButton type="primary" to="/contacts">
              {t("contacts.toAll")}
            </LinkButton>
          }
        >
          {t("contacts.goneWords")}
        </EmptyState>
      ) : (
        <ProblemAlert problem={error} onRetry={() => void refetch()} />
      )}
      {!person && !error && <Skeleton active paragraph={{ rows: 10 }} />}
      {person && <Profile key={person.id} person={person} />}
    </Page>
  );
}

function Profile({ person }: { person: Person }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [opened, setOpened] = useState<Opened>(null);
  const mayEdit = useMay("editor");
  const close = () => setOpened(null);
  return (
    <>
      <ProfileHead person={person} onMerge={() => setOpened("merge")} onErase={() => setOpened("erase")} />
      <div className={css.columns}>
        <div className={css.main}>
          <Card title={t("contacts.inJourneys")}>
            <ContactJourneys id={person.id} />
          </Card>
          <Card
            title={t("contacts.timeline")}
            aside={<Link to={`/messages?contact=${person.id}`}>{t("contacts.messages")}</Link>}
          >
            <Timeline id={person.id} />
          </Card>
        </div>
        <div className={css.side}>
          <Card
            title={t("contacts.facts")}
            aside={
              mayEdit &&
              opened !== "edit" && (
                <Button size="small" onClick={() => setOpened("edit")}>
                  {t("contacts.edit")}
                </Button>
              )
            }
          >
            {opened === "edit" ? (
              <ContactForm contact={person} onDone={close} />
            ) : (
              <ContactFacts contact={person} />
            )}
          </Card>
          <Card title={t("tags.title")}>
            <ContactTags contact={person.id} />
          </Card>
          <Card title={t("tiers.title")}>
            <ContactTiers contact={person.id} />
          </Card>
          <Card title={t("rewards.title")}>
            <ContactRewards contact={person.id} />
          </Card>
          <ConsentCard person={person} />
          <StaffCard person={person} />
          <Places person={person} />
        </div>
      </div>
      <Suspense>
        {opened === "merge" && <MergePanel person={person} onClose={close} />}
        {opened === "erase" && (
          <ErasePanel person={person} onClose={close} onDone={() => void navigate("/contacts")} />
        )}
      </Suspense>
    </>
  );
}

/** The segments and groups a customer is in now. */
function Places({ person }: { person: Person }) {
  const { t } = useTranslation();
  return (
    <>
      <Card title={t("profile.segments")}>
        {person.segments.length === 0 && <p className={css.none}>{t("profile.noSegments")}</p>}
        <ul className={css.chips}>
          {person.segments.map((segment) => (
            <li key={segment.key}>
              <Link to={`/segments/${segment.key}`}>{segment.name}</Link>
            </li>
          ))}
        </ul>
      </Card>
      <Card title={t("profile.groups")}>
        {person.groups.length === 0 && <p className={css.none}>{t("profile.noGroups")}</p>}
        <ul className={css.chips}>
          {person.groups.map((group) => (
            <li key={group.key}>
              <Link to={`/groups/${group.id}`}>{group.name || group.key}</Link>
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}
