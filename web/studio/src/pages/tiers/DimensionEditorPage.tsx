import { Button, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";

import { useDimension, useSaveDimension, type Dimension, type DimensionDraft } from "@/api/tiers";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { useLanguage } from "@/parts/language";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { blank, example } from "./example";
import { LevelList } from "./LevelList";
import css from "./Tiers.module.css";

/** A dimension with its levels; everybody is sorted by them once it is saved. */
export default function DimensionEditorPage() {
  const { key } = useParams();
  const { data, error } = useDimension(key);
  const lang = useLanguage();
  const [asked] = useSearchParams();
  if (error) return <ProblemAlert problem={error} />;
  if (key && !data) return <PageSkeleton />;
  const begins = data ? draftOf(data) : example(lang);
  const empty = {
    ...begins,
    key: undefined,
    name: "",
    description: "",
    levels: [blank(0), blank(1), blank(2)],
  };
  return <Editor key={key ?? "new"} of={data} begins={data || asked.has("example") ? begins : empty} />;
}

const draftOf = (one: Dimension): DimensionDraft => ({
  name: one.name,
  description: one.description,
  demote_after_days: one.demote_after_days,
  otherwise: one.otherwise,
  if_worked: one.if_worked,
  revision: one.revision,
  levels: one.levels.map(({ key, name, rule, words, benefits, color }) => ({
    key,
    name,
    rule,
    words,
    benefits,
    color,
  })),
});

function Editor({ of, begins }: { of: Dimension | undefined; begins: DimensionDraft }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(begins);
  const save = useSaveDimension(of?.key);
  const set = (part: Partial<DimensionDraft>) => setDraft((before) => ({ ...before, ...part }));
  const whole = draft.name.trim() && draft.levels.every((level) => level.name.trim());
  const levels = draft.levels.map((level) => ({
    ...level,
    benefits: level.benefits.map((one) => one.trim()).filter(Boolean),
  }));
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={of?.name ?? t("tiers.new")}
        lead={of && t("tierEditor.kept")}
        actions={
          <>
            <Button onClick={() => void navigate("/tiers")}>{t("parts.cancel")}</Button>
            <Button
              type="primary"
              disabled={!whole}
              loading={save.isPending}
              onClick={() => save.mutate({ ...draft, levels }, { onSuccess: () => void navigate("/tiers") })}
            >
              {of ? t("tierEditor.save") : t("tierEditor.create")}
            </Button>
          </>
        }
      />
      <ProblemAlert problem={save.error} />
      <Form layout="vertical" component="div" className={css.editor}>
        <div className={css.two}>
          <Form.Item label={t("tierEditor.name")} htmlFor="dimension-name">
            <Input
              id="dimension-name"
              value={draft.name}
              maxLength={100}
              onChange={(event) => set({ name: event.target.value })}
            />
          </Form.Item>
          <Form.Item label={t("tierEditor.description")} htmlFor="dimension-description">
            <Input
              id="dimension-description"
              value={draft.description}
              maxLength={500}
              placeholder={t("tierEditor.descriptionHelp")}
              onChange={(event) => set({ description: event.target.value })}
            />
          </Form.Item>
        </div>
        <LevelList
          levels={draft.levels}
          hasFloor={draft.otherwise === "lowest"}
          onChange={(next) => set({ levels: next })}
        />
        <div className={css.three}>
          <Form.Item label={t("tierEditor.demoteAfter")} htmlFor="dimension-days">
            <InputNumber
              id="dimension-days"
              min={0}
              max={3650}
              precision={0}
              value={draft.demote_after_days}
              onChange={(days) => set({ demote_after_days: days ?? 0 })}
            />
          </Form.Item>
          <Form.Item label={t("tierEditor.otherwise")} htmlFor="dimension-otherwise">
            <Select<DimensionDraft["otherwise"]>
              id="dimension-otherwise"
              value={draft.otherwise}
              options={[
                { value: "lowest", label: t("tierEditor.lowest") },
                { value: "none", label: t("tierEditor.nobody") },
              ]}
              onChange={(otherwise) => set({ otherwise })}
            />
          </Form.Item>
          <Form.Item label={t("tierEditor.ifWorked")} htmlFor="dimension-worked">
            <Select<DimensionDraft["if_worked"]>
              id="dimension-worked"
              value={draft.if_worked}
              options={[
                { value: "earned", label: t("tierEditor.earned") },
                { value: "again", label: t("tierEditor.again") },
              ]}
              onChange={(if_worked) => set({ if_worked })}
            />
          </Form.Item>
        </div>
      </Form>
    </Page>
  );
}
