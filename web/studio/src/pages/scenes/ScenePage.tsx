import { App, Button, Dropdown, Form, Input, Popconfirm } from "antd";
import { useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";

import { address } from "@/api/client";
import {
  useDeleteScene,
  useSaveScene,
  useScene,
  useUploadScene,
  type Scene,
  type SceneDraft,
} from "@/api/matching";
import { useMay } from "@/api/session";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { Icon } from "@/parts/Icon";
import { SideSheet } from "@/parts/SideSheet";
import { useLanguage } from "@/parts/language";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { PageSkeleton } from "@/parts/PageSkeleton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { RuleDesk } from "@/parts/RuleDesk";

import { DayBands } from "./DayBands";
import { MomentList } from "./MomentList";
import { example } from "./moments";
import css from "./Scenes.module.css";
import { Sheet } from "./Sheet";
import { begun, changed, emptyRow, redone, undone, type History } from "./sheet";
import { TryPanel } from "./TryPanel";
import { wrongCells } from "./wrongCells";

/** One table of people, products and moments, edited like a sheet. */
export default function ScenePage() {
  const { t } = useTranslation();
  const { key } = useParams();
  const lang = useLanguage();
  const [asked] = useSearchParams();
  const { data, error } = useScene(key);
  if (error) return <ProblemAlert problem={error} />;
  if (key && !data) return <PageSkeleton />;
  const made = example(lang, t("scenes.exampleName"));
  const empty: SceneDraft = { ...made, name: "", rows: [emptyRow()] };
  const begins = data ? draftOf(data) : asked.has("example") ? made : empty;
  return <Editor key={data ? `${data.key} ${data.revision}` : "new"} of={data} begins={begins} />;
}

const draftOf = ({ name, description, moments, rows, revision }: Scene): SceneDraft => ({
  name,
  description,
  moments,
  revision,
  rows: rows.map(({ key, tags, who, product, moments: when, priority, until }) => ({
    key,
    tags,
    who,
    product,
    moments: when,
    priority,
    until: until ?? null,
  })),
});

function Editor({ of, begins }: { of: Scene | undefined; begins: SceneDraft }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const mayEdit = useMay("editor");
  const [history, setHistory] = useState<History<SceneDraft>>(() => begun(begins));
  const [ruleOf, setRuleOf] = useState<number | null>(null);
  const save = useSaveScene(of?.key);
  const draft = history.now;
  const set = (part: Partial<SceneDraft>) =>
    setHistory((before) => changed(before, { ...before.now, ...part }));
  const dirty = draft !== begins;
  const done = (made: Scene) => {
    void message.success(t("scene.saved"));
    void navigate(`/scenes/${made.key}`, { replace: true });
  };
  const onKey = (event: KeyboardEvent) => {
    const typing =
      event.target instanceof HTMLInputElement && event.target.value !== event.target.defaultValue;
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || typing || ruleOf !== null)
      return;
    event.preventDefault();
    setHistory(event.shiftKey ? redone : undone);
  };
  const who = ruleOf === null ? null : (draft.rows[ruleOf]?.who ?? null);
  return (
    <Page>
      <AudienceTabs />
      <PageHead
        title={of?.name ?? t("scene.new")}
        lead={dirty && of ? t("scene.unsaved") : t("scenes.lead")}
        actions={
          <>
            <Button
              disabled={history.past.length === 0}
              onClick={() => setHistory(undone)}
              aria-label={t("scene.undo")}
            >
              ⟲
            </Button>
            <Button
              disabled={history.future.length === 0}
              onClick={() => setHistory(redone)}
              aria-label={t("scene.redo")}
            >
              ⟳
            </Button>
            {of && <Files of={of} mayEdit={mayEdit} />}
            {mayEdit && (
              <Button
                type="primary"
                disabled={!draft.name.trim() || (of && !dirty)}
                loading={save.isPending}
                onClick={() => save.mutate(draft, { onSuccess: done })}
              >
                {t("scene.save")}
              </Button>
            )}
          </>
        }
      />
      <ProblemAlert problem={save.error} />
      <div onKeyDown={onKey}>
        <Form.Item label={t("scene.name")} htmlFor="scene-name" layout="vertical" className={css.name}>
          <Input
            id="scene-name"
            value={draft.name}
            maxLength={100}
            disabled={!mayEdit}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Form.Item>
        <section className={css.part} aria-label={t("scene.momentsTitle")}>
          <div className={css.partHead}>
            <h2>{t("scene.momentsTitle")}</h2>
            <span className={css.quiet}>{t("scene.momentsHelp")}</span>
          </div>
          <DayBands moments={draft.moments} />
          <MomentList moments={draft.moments} disabled={!mayEdit} onChange={(moments) => set({ moments })} />
        </section>
        <section className={css.part}>
          <div className={css.partHead}>
            <h2>{t("scene.sheet")}</h2>
          </div>
          <Sheet
            rows={draft.rows}
            moments={draft.moments}
            disabled={!mayEdit}
            wrong={wrongCells(save.error)}
            onChange={(rows) => set({ rows })}
            onRule={setRuleOf}
          />
        </section>
      </div>
      {of && <TryPanel scene={of} dirty={dirty} />}
      <SideSheet
        open={ruleOf !== null}
        size={620}
        destroyOnHidden
        title={t("scene.editRule", { row: (ruleOf ?? 0) + 1 })}
        onClose={() => setRuleOf(null)}
        extra={
          <Button type="primary" onClick={() => setRuleOf(null)}>
            {t("scene.closeRule")}
          </Button>
        }
      >
        <RuleDesk
          value={who}
          onChange={(rule) =>
            set({ rows: draft.rows.map((row, n) => (n === ruleOf ? { ...row, who: rule } : row)) })
          }
        />
      </SideSheet>
    </Page>
  );
}

/** Bringing the rows in from a file, taking them out as one, and deleting the table. */
function Files({ of, mayEdit }: { of: Scene; mayEdit: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const upload = useUploadScene(of.key);
  const remove = useDeleteScene();
  const forms = (["csv", "xlsx"] as const).map((form) => ({
    key: form,
    label: (
      <a href={address(`scenes/${of.key}/export`, { as: form })} download>
        {t(`scene.${form}`)}
      </a>
    ),
  }));
  return (
    <>
      <Dropdown menu={{ items: forms }}>
        <Button icon={<Icon name="download" size={16} />}>{t("scene.export")}</Button>
      </Dropdown>
      {mayEdit && (
        <>
          <Button
            icon={<Icon name="upload" size={16} />}
            loading={upload.isPending}
            danger={upload.isError}
            title={upload.error ? upload.error.message : undefined}
            onClick={() => input.current?.click()}
          >
            {t("scene.import")}
          </Button>
          <input
            ref={input}
            type="file"
            hidden
            accept=".csv,.xlsx,.txt"
            aria-label={t("scene.import")}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) upload.mutate(file);
              event.target.value = "";
            }}
          />
          <Popconfirm
            title={t("scene.deleteSure", { name: of.name })}
            description={t("scene.deleteWords")}
            okText={t("scene.delete")}
            cancelText={t("parts.cancel")}
            okButtonProps={{ danger: true }}
            onConfirm={() => remove.mutate(of.key, { onSuccess: () => void navigate("/scenes") })}
          >
            <Button type="text">{t("scene.delete")}</Button>
          </Popconfirm>
        </>
      )}
      <ProblemAlert problem={upload.error ?? remove.error} />
    </>
  );
}
