import { App, Button, Form, Input, Select, Space } from "antd";
import { useTranslation } from "react-i18next";

import { useDeleteScript, useSaveScript, type ScriptDraft } from "@/api/scripts";
import type { Script } from "@/api/types";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Materials.module.css";

const MOST_ANSWERS = 10;
const NEW: ScriptDraft = { question: "", answers: [""], tags: [], stage: "" };

/** One question with its answers being written. */
export function ScriptPanel({ script, onClose }: { script: Script | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const save = useSaveScript();
  const remove = useDeleteScript();
  const submit = (draft: ScriptDraft) =>
    save.mutate(
      { id: script?.id ?? null, draft },
      {
        onSuccess: () => {
          void message.success(t("scripts.saved"));
          onClose();
        },
      },
    );
  const ask = () =>
    modal.confirm({
      title: t("scripts.deleteAsk"),
      okText: t("scripts.delete"),
      okButtonProps: { danger: true },
      onOk: async () => {
        if (script) await remove.mutateAsync(script.id);
        onClose();
      },
    });
  const start = script
    ? { question: script.question, answers: script.answers, tags: script.tags, stage: script.stage }
    : NEW;
  return (
    <SideSheet open size={520} title={t(script ? "scripts.edit" : "scripts.new")} onClose={onClose}>
      <Form<ScriptDraft> layout="vertical" requiredMark={false} initialValues={start} onFinish={submit}>
        <ProblemAlert problem={save.error ?? remove.error} />
        <Form.Item
          name="question"
          label={t("scripts.question")}
          rules={[{ required: true, whitespace: true, message: "" }]}
        >
          <Input maxLength={500} autoFocus />
        </Form.Item>
        <Answers />
        <Form.Item name="tags" label={t("scripts.tags")}>
          <Select mode="tags" tokenSeparators={[",", "，"]} open={false} suffixIcon={null} />
        </Form.Item>
        <Form.Item name="stage" label={t("scripts.stage")} extra={t("scripts.stageHelp")}>
          <Input maxLength={64} />
        </Form.Item>
        <Space>
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t("scripts.save")}
          </Button>
          {script && (
            <Button danger type="text" onClick={ask}>
              {t("scripts.delete")}
            </Button>
          )}
        </Space>
      </Form>
    </SideSheet>
  );
}

function Answers() {
  const { t } = useTranslation();
  return (
    <Form.Item label={t("scripts.answers")}>
      <Form.List name="answers">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row, number) => (
              <div key={row.key} className={css.answer}>
                <Form.Item noStyle name={row.name}>
                  <Input.TextArea
                    autoSize={{ minRows: 2 }}
                    maxLength={2000}
                    aria-label={t("scripts.answer", { number: number + 1 })}
                  />
                </Form.Item>
                {rows.length > 1 && (
                  <Button
                    type="text"
                    icon={<Icon name="close" size={16} />}
                    aria-label={t("scripts.removeAnswer")}
                    onClick={() => remove(row.name)}
                  />
                )}
              </div>
            ))}
            {rows.length < MOST_ANSWERS && (
              <Button icon={<Icon name="plus" size={16} />} onClick={() => add("")}>
                {t("scripts.addAnswer")}
              </Button>
            )}
          </>
        )}
      </Form.List>
    </Form.Item>
  );
}
