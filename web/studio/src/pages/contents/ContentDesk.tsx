import { App, Button, Form, Input, Select, Space } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { useSaveContent, type MaterialDraft } from "@/api/contents";
import { useMay } from "@/api/session";
import type { Body, Carrier, Material } from "@/api/types";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { AttachmentRows } from "./AttachmentRows";
import { carriers, hasSubject, hasTitle } from "./carriers";
import css from "./Contents.module.css";
import { ContentPreview } from "./ContentPreview";
import { DeleteContent } from "./DeleteContent";
import { TextWithVariables } from "./TextWithVariables";

const NEW: MaterialDraft = { key: "", name: "", carrier: "wecom_direct", body: { text: "" } };
const KEY = /^[a-z0-9][a-z0-9_./-]*$/;

/** The form of a text and what it looks like on a phone, side by side. */
export function ContentDesk({ material }: { material: Material | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [form] = Form.useForm<MaterialDraft>();
  const draft = Form.useWatch([], form) as MaterialDraft | undefined;
  const mayEdit = useMay("editor");
  const save = useSaveContent();
  const submit = (entered: MaterialDraft) =>
    save.mutate(
      { id: material?.id ?? null, draft: { ...entered, body: trimmed(entered.body, entered.carrier) } },
      {
        onSuccess: (saved) => {
          void message.success(t("contents.saved"));
          void navigate(`/contents/${saved.id}`, { replace: true });
        },
      },
    );
  const now = draft?.body ? draft : start(material);
  return (
    <div className={css.desk}>
      <Form<MaterialDraft>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={start(material)}
        disabled={!mayEdit}
        onFinish={submit}
      >
        <ProblemAlert problem={save.error} />
        <Naming isNew={material === null} />
        <Form.Item name="carrier" label={t("contents.carrier")}>
          <Select options={carriers.map((value) => ({ value, label: t(`carriers.${value}`) }))} />
        </Form.Item>
        {hasSubject(now.carrier) && (
          <Form.Item
            name={["body", "subject"]}
            label={t("contents.subject")}
            rules={[{ required: true, whitespace: true, message: t("contents.subjectNeeded") }]}
          >
            <Input maxLength={200} />
          </Form.Item>
        )}
        {hasTitle(now.carrier) && (
          <Form.Item name={["body", "title"]} label={t("contents.headline")}>
            <Input maxLength={200} />
          </Form.Item>
        )}
        <Form.Item
          name={["body", "text"]}
          label={t("contents.text")}
          rules={[{ required: true, whitespace: true, message: t("contents.textNeeded") }]}
        >
          <TextWithVariables />
        </Form.Item>
        <AttachmentRows />
        {mayEdit && (
          <Space>
            <Button type="primary" htmlType="submit" loading={save.isPending}>
              {t("contents.save")}
            </Button>
            {material && <DeleteContent material={material} />}
          </Space>
        )}
      </Form>
      <ContentPreview carrier={now.carrier} body={now.body} />
    </div>
  );
}

function Naming({ isNew }: { isNew: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={css.pair}>
      <Form.Item
        name="name"
        label={t("contents.name")}
        rules={[{ required: true, whitespace: true, message: t("contents.nameNeeded") }]}
      >
        <Input maxLength={200} autoFocus={isNew} />
      </Form.Item>
      <Form.Item
        name="key"
        label={t("contents.key")}
        extra={isNew ? t("contents.keyHelp") : t("contents.keyFixed")}
        rules={[{ required: true, pattern: KEY, message: t("contents.keyNeeded") }]}
      >
        <Input maxLength={128} disabled={!isNew} />
      </Form.Item>
    </div>
  );
}

function start(material: Material | null): MaterialDraft {
  if (!material) return NEW;
  const { key, name, carrier, body } = material;
  return { key, name, carrier, body };
}

/** Only what the carrier shows is kept. */
function trimmed(body: Body, carrier: Carrier): Body {
  const attachments = body.attachments?.filter((one) => one.title || one.url);
  return {
    text: body.text,
    ...(hasSubject(carrier) && body.subject ? { subject: body.subject } : {}),
    ...(hasTitle(carrier) && body.title ? { title: body.title } : {}),
    ...(attachments?.length ? { attachments } : {}),
  };
}
