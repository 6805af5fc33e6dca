import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";

import {
  useLifecycles,
  useLifeModels,
  useSaveLifecycle,
  type LifeDraft,
  type LifeModel,
  type Lifecycle,
} from "@/api/matching";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { stageColor } from "./colors";
import { DatePicks } from "./DatePicks";
import css from "./Lifecycle.module.css";
import { Models } from "./LifecyclePage";
import { StageList } from "./StageList";

/** A lifecycle with its stages; a new one begins with a model. */
export default function LifecycleEditorPage() {
  const { t } = useTranslation();
  const { key } = useParams();
  const [asked] = useSearchParams();
  const model = asked.get("model");
  const lives = useLifecycles();
  const models = useLifeModels();
  if (lives.error ?? models.error) return <ProblemAlert problem={lives.error ?? models.error} />;
  if (!lives.data || !models.data) return <PageSkeleton />;
  const of = lives.data.find((one) => one.key === key);
  if (!key && !model)
    return (
      <Page>
        <AudienceTabs />
        <PageHead title={t("lifeEditor.new")} lead={t("lifecycle.noneWords")} />
        <Models />
      </Page>
    );
  const begins = of
    ? draftOf(of)
    : draftFrom(
        models.data.find((one) => one.key === model),
        lives.data,
      );
  return <Editor key={key ?? model} of={of} begins={begins} />;
}

const draftOf = (one: Lifecycle): LifeDraft => ({
  name: one.name,
  description: one.description,
  model: one.model,
  dates: one.dates,
  revision: one.revision,
  stages: one.stages.map(({ key, name, words, rule, from_days, color }) => ({
    key,
    name,
    words,
    rule,
    from_days: from_days ?? null,
    color,
  })),
});

function draftFrom(model: LifeModel | undefined, known: Lifecycle[]): LifeDraft {
  const blank = { words: "", rule: null, from_days: null };
  const stages = model?.stages ?? [
    { key: "stage_1", name: "", ...blank },
    { key: "stage_2", name: "", ...blank },
  ];
  return {
    ...(model && !known.some((one) => one.key === model.key) ? { key: model.key } : {}),
    name: model?.name ?? "",
    description: model?.words ?? "",
    model: model?.key ?? "",
    dates: model?.dates ?? null,
    stages: stages.map((stage, place) => ({
      key: stage.key,
      name: stage.name,
      words: stage.words,
      rule: stage.rule,
      from_days: stage.from_days ?? null,
      color: stageColor(place),
    })),
  };
}

function Editor({ of, begins }: { of: Lifecycle | undefined; begins: LifeDraft }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(begins);
  const save = useSaveLifecycle(of?.key);
  const set = (part: Partial<LifeDraft>) => setDraft((before) => ({ ...before, ...part }));
  const whole = draft.name.trim() && draft.stages.every((stage) => stage.name.trim());
  const done = (made: Lifecycle) => void navigate(`/lifecycle?of=${made.key}`);
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={of?.name ?? t("lifeEditor.new")}
        lead={of && t("lifeEditor.kept")}
        actions={
          <>
            <Button onClick={() => void navigate("/lifecycle")}>{t("parts.cancel")}</Button>
            <Button
              type="primary"
              disabled={!whole}
              loading={save.isPending}
              onClick={() => save.mutate(draft, { onSuccess: done })}
            >
              {of ? t("lifeEditor.save") : t("lifeEditor.create")}
            </Button>
          </>
        }
      />
      <ProblemAlert problem={save.error} />
      <Form layout="vertical" component="div" className={css.editor}>
        <div className={css.two}>
          <Form.Item label={t("lifeEditor.name")} htmlFor="life-name">
            <Input
              id="life-name"
              value={draft.name}
              maxLength={100}
              onChange={(event) => set({ name: event.target.value })}
            />
          </Form.Item>
          <Form.Item label={t("lifeEditor.description")} htmlFor="life-description">
            <Input
              id="life-description"
              value={draft.description}
              maxLength={500}
              onChange={(event) => set({ description: event.target.value })}
            />
          </Form.Item>
        </div>
        {draft.dates && <DatePicks dates={draft.dates} onChange={(dates) => set({ dates })} />}
        <StageList
          stages={draft.stages}
          dated={draft.dates !== null}
          onChange={(stages) => set({ stages })}
        />
      </Form>
    </Page>
  );
}
