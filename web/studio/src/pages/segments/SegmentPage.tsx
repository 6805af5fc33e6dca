import { Button, Popconfirm } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";

import { useDeleteSegment, usePutPeople, useSegment, useSegmentPeople, type Segment } from "@/api/segments";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { useContactColumns } from "@/pages/contacts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { Filling } from "./Filling";
import css from "./Segments.module.css";
import { Growth } from "./SegmentsPage";
import { UploadPanel } from "./UploadPanel";
import { UsedBy } from "./UsedBy";

const Days = lazy(() => import("./Days"));

/** One segment: how many, how it went, who is in it, and what uses it. */
export default function SegmentPage() {
  const { key } = useParams();
  const { data, error } = useSegment(key);
  if (error) return <ProblemAlert problem={error} />;
  return data ? <Shown key={data.key} segment={data} /> : <PageSkeleton />;
}

function Shown({ segment }: { segment: Segment }) {
  const { t } = useTranslation();
  const [asked] = useSearchParams();
  const mayEdit = useMay("editor");
  const byHand = segment.kind === "static";
  const [uploading, setUploading] = useState(asked.has("upload") && byHand && mayEdit);
  const remove = useDeleteSegment();
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={segment.name}
        lead={
          <>
            {segment.description && <span className={css.described}>{segment.description}</span>}
            {segment.words}
          </>
        }
        actions={mayEdit && <Actions segment={segment} remove={remove} onUpload={() => setUploading(true)} />}
      />
      <ProblemAlert problem={remove.error} />
      <div className={css.figures}>
        <div>
          <span className={css.quiet}>{t("segments.count")}</span>
          <strong className={css.big}>{segment.count.toLocaleString("en-US")}</strong>
          {segment.state === "filling" && <Filling progress={segment.progress} />}
        </div>
        <div>
          <span className={css.quiet}>{t("segments.growth")}</span>
          <strong className={css.big}>
            <Growth of={segment.growth} />
          </strong>
        </div>
        <section className={css.figure} aria-label={t("segments.since")}>
          <Suspense fallback={<div className={css.chart} />}>
            <Days segment={segment.key} />
          </Suspense>
        </section>
        <section className={css.figure} aria-label={t("segments.usedBy")}>
          <h2 className={css.partTitle}>{t("segments.usedBy")}</h2>
          <UsedBy segment={segment.key} />
        </section>
      </div>
      <h2 className={css.partTitle}>{t("segments.members")}</h2>
      <Members segment={segment} mayEdit={mayEdit && byHand} />
      <UploadPanel segment={segment.key} open={uploading} onClose={() => setUploading(false)} />
    </Page>
  );
}

interface ActionsProps {
  segment: Segment;
  remove: ReturnType<typeof useDeleteSegment>;
  onUpload: () => void;
}

function Actions({ segment, remove, onUpload }: ActionsProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <>
      <Popconfirm
        title={t("segments.deleteSure", { name: segment.name })}
        description={t("segments.deleteWords", { count: segment.count.toLocaleString("en-US") })}
        okText={t("segments.delete")}
        cancelText={t("parts.cancel")}
        okButtonProps={{ danger: true }}
        onConfirm={() => remove.mutate(segment.key, { onSuccess: () => void navigate("/segments") })}
      >
        <Button danger loading={remove.isPending}>
          {t("segments.delete")}
        </Button>
      </Popconfirm>
      <LinkButton to={`/segments/overlap?keys=${segment.key}`}>{t("segments.seeOverlap")}</LinkButton>
      {segment.kind === "static" && (
        <Button icon={<Icon name="upload" size={16} />} onClick={onUpload}>
          {t("segments.upload")}
        </Button>
      )}
      <LinkButton type="primary" to={`/segments/${segment.key}/edit`}>
        {t("segments.edit")}
      </LinkButton>
    </>
  );
}

function Members({ segment, mayEdit }: { segment: Segment; mayEdit: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const put = usePutPeople(segment.key);
  const columns = useContactColumns("");
  const all = mayEdit
    ? [
        ...columns,
        {
          id: "remove",
          title: "",
          width: 90,
          cell: ({ id }: { id: number }) => (
            <Button size="small" onClick={() => put.mutate({ act: "remove", contact_ids: [id] })}>
              {t("segments.remove")}
            </Button>
          ),
        },
      ]
    : columns;
  return (
    <>
      <ProblemAlert problem={put.error} />
      <CursorTable
        label={t("segments.members")}
        list={useSegmentPeople(segment.key, [], [], segment.count)}
        columns={all}
        rowKey={(contact) => contact.id}
        onOpen={(contact) => void navigate(`/contacts/${contact.id}`)}
        empty={
          <EmptyState picture="people" title={t("segments.noMembers")}>
            {segment.kind === "static" ? t("segments.noMembersList") : t("segments.noMembersWords")}
          </EmptyState>
        }
      />
    </>
  );
}
