import { useTranslation } from "react-i18next";
import { Navigate, NavLink, useParams } from "react-router";

import { useMay } from "@/api/session";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { useHereInView } from "@/parts/useHereInView";

import { ApiKeysPart } from "./ApiKeysPart";
import { AuditPart } from "./AuditPart";
import { ChannelsPart } from "./channels/ChannelsPart";
import { GuardsPart } from "./guards/GuardsPart";
import { MembersPart } from "./MembersPart";
import { ReachPart } from "./reach/ReachPart";
import css from "./Settings.module.css";
import { WorkspacePart } from "./WorkspacePart";

/** Keys and audit are the owner's. */
const OWNERS: PartName[] = ["api-keys", "audit"];

const parts = {
  workspace: WorkspacePart,
  channels: ChannelsPart,
  reach: ReachPart,
  guards: GuardsPart,
  members: MembersPart,
  "api-keys": ApiKeysPart,
  audit: AuditPart,
};

type PartName = keyof typeof parts;

/** The workspace itself: its hours, its people, its keys, and who changed what. */
export default function SettingsPage() {
  const { t } = useTranslation();
  const { part = "" } = useParams();
  const isOwner = useMay("owner");
  const strip = useHereInView<HTMLElement>();
  const shown = (Object.keys(parts) as PartName[]).filter((name) => isOwner || !OWNERS.includes(name));
  const Part = shown.includes(part as PartName) ? parts[part as PartName] : undefined;
  if (!Part) return <Navigate to="/settings/workspace" replace />;
  return (
    <Page>
      <PageHead title={t("settings.title")} />
      <nav ref={strip} className={css.tabs} aria-label={t("settings.title")}>
        {shown.map((name) => (
          <NavLink
            key={name}
            to={`/settings/${name}`}
            className={({ isActive }) => (isActive ? css.tabOn : css.tab)}
          >
            {t(`settings.part.${name}`)}
          </NavLink>
        ))}
      </nav>
      <Part />
    </Page>
  );
}
