import { Button, Form, Input, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";

import {
  useChangeSegment,
  useMakeSegment,
  useSegment,
  type Combine,
  type RuleTree,
  type Segment,
  type SegmentKind,
} from "@/api/segments";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { RuleDesk } from "@/parts/RuleDesk";

import { CombineFields } from "./CombineFields";
import { isCombined, treeOf } from "./combining";
import { ideas, isIdea } from "./ideas";
import { LiveCount } from "./LiveCount";
import css from "./Segments.module.css";

const KINDS: SegmentKind[] = ["rule", "static", "combined"];

/** Who is meant, with the number of people beside it while one writes. */
export default function SegmentEditorPage() {
  const { key } = useParams();
  const { data, error } = useSegment(key);
  if (error) return <ProblemAlert problem={error} />;
  if (key && !data) return <PageSkeleton />;
  return <Editor key={key ?? "new"} segment={data ?? null} />;
}

function Editor({ segment }: { segment: Segment | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [asked] = useSearchParams();
  const idea = asked.get("idea");
  const [kind, setKind] = useState<SegmentKind>(
    segment?.kind ?? KINDS.find((one) => one === asked.get("kind")) ?? "rule",
  );
  const [name, setName] = useState(segment?.name ?? (isIdea(idea) ? t(`segmentIdeas.${idea}`) : ""));
  const [description, setDescription] = useState(segment?.description ?? "");
  const [rule, setRule] = useState<RuleTree | null>(segment?.rule ?? (isIdea(idea) ? ideas[idea] : null));
  const [combine, setCombine] = useState<Combine>(segment?.combine ?? {});
  // The revision that was opened: a reload in the background must not make us overwrite somebody else's change.
  const [revision] = useState(segment?.revision ?? 1);
  const make = useMakeSegment();
  const change = useChangeSegment(segment?.key ?? "");
  const whole = kind === "static" || (kind === "rule" ? rule !== null : isCombined(combine));
  const save = () => {
    const meant = {
      name,
      description,
      ...(kind === "rule" && rule ? { rule } : {}),
      ...(kind === "combined" ? { combine } : {}),
    };
    const done = (saved: Segment) =>
      void navigate(`/segments/${saved.key}${!segment && kind === "static" ? "?upload=1" : ""}`);
    if (segment) change.mutate({ ...withoutSame(meant, segment), revision }, { onSuccess: done });
    else make.mutate({ ...meant, kind }, { onSuccess: done });
  };
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={segment?.name ?? t("segments.new")}
        actions={
          <>
            <Button onClick={() => void navigate(segment ? `/segments/${segment.key}` : "/segments")}>
              {t("parts.cancel")}
            </Button>
            <Button
              type="primary"
              disabled={!name.trim() || !whole}
              loading={make.isPending || change.isPending}
              onClick={save}
            >
              {segment ? t("segments.save") : t("segments.create")}
            </Button>
          </>
        }
      />
      <ProblemAlert problem={make.error ?? change.error} />
      <div className={css.desk}>
        <Form layout="vertical" component="div">
          <div className={css.two}>
            <Form.Item label={t("segments.name")} htmlFor="segment-name">
              <Input
                id="segment-name"
                value={name}
                maxLength={200}
                autoFocus={!name}
                placeholder={t("segments.nameNeeded")}
                onChange={(event) => setName(event.target.value)}
              />
            </Form.Item>
            <Form.Item label={t("segments.description")} htmlFor="segment-description">
              <Input
                id="segment-description"
                value={description}
                maxLength={1000}
                placeholder={t("segments.descriptionHelp")}
                onChange={(event) => setDescription(event.target.value)}
              />
            </Form.Item>
          </div>
          {!segment && (
            <Form.Item label={t("segments.kindTitle")}>
              <Segmented<SegmentKind>
                value={kind}
                options={KINDS.map((one) => ({ value: one, label: t(`segmentKinds.${one}`) }))}
                onChange={setKind}
              />
            </Form.Item>
          )}
          {kind === "rule" && (
            <section aria-label={t("segments.whoTitle")}>
              <h2 className={css.partTitle}>{t("segments.whoTitle")}</h2>
              <RuleDesk value={rule} onChange={setRule} />
            </section>
          )}
          {kind === "combined" && <CombineFields value={combine} onChange={setCombine} own={segment?.key} />}
          {kind === "static" && <p className={css.lead}>{t("segments.staticWords")}</p>}
        </Form>
        {kind !== "static" && (
          <aside className={css.aside} aria-label={t("segments.count")}>
            <LiveCount
              rule={kind === "rule" ? rule : isCombined(combine) ? treeOf(combine) : null}
              empty={kind === "rule" ? t("segments.ruleEmpty") : t("segments.combineEmpty")}
            />
          </aside>
        )}
      </div>
    </Page>
  );
}

/** Only what was changed is sent: a new name must not have everybody looked at again. */
function withoutSame<T extends object>(meant: T, segment: Segment): T {
  const changed = Object.entries(meant).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(segment[name as keyof Segment]),
  );
  return (changed.length > 0 ? Object.fromEntries(changed) : { name: segment.name }) as T;
}
