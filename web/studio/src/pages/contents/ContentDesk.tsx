import { App, Button, Form, Input, Select, Space } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { useCarriers } from "@/api/catalogue";
import { useSaveContent, type MaterialDraft } from "@/api/contents";
import type { FormField } from "@/api/kindTypes";
import { useMay } from "@/api/session";
import type { Material } from "@/api/types";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { AboutFields } from "./AboutFields";
import { PLAIN_FORM, trimmed } from "./body";
import { BodyFields } from "./BodyFields";
import { Checks } from "./Checks";
import css from "./Contents.module.css";
import { ContentPreview } from "./ContentPreview";
import { DeleteContent } from "./DeleteContent";
import { VariantFields } from "./VariantFields";

const NEW: MaterialDraft = {
  key: "",
  name: "",
  carrier: "wecom_direct",
  body: { text: "" },
  category: "",
  topic: "",
};
const KEY = /^[a-z0-9_-]+$/;

/** The form of a text and what it looks like on a phone, side by side. */
export function ContentDesk({ material }: { material: Material | null }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<MaterialDraft>();
  const draft = Form.useWatch([], form) as MaterialDraft | undefined;
  const mayEdit = useMay("editor");
  const { save, submit } = useSubmit(material);
  const now = draft?.body ? draft : start(material);
  const fields = useBodyForm(now.carrier);
  const body = trimmed(now.body, fields);
  return (
    <div className={css.desk}>
      <Form<MaterialDraft>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={start(material)}
        disabled={!mayEdit}
        onFinish={(entered) => submit(sendable(entered, fields))}
      >
        <ProblemAlert problem={save.error} />
        <Naming isNew={material === null} />
        <CarrierField />
        <BodyFields form={fields} />
        <AboutFields form={form} isNew={material === null} />
        <VariantFields form={form} fields={fields} />
        {mayEdit && (
          <Space>
            <Button type="primary" htmlType="submit" loading={save.isPending}>
              {t("contents.save")}
            </Button>
            {material && <DeleteContent material={material} />}
          </Space>
        )}
      </Form>
      <div className={css.preview}>
        <ContentPreview carrier={now.carrier} body={body} />
        <Checks carrier={now.carrier} body={body} topic={now.topic ?? ""} materialKey={material?.key ?? ""} />
      </div>
    </div>
  );
}

/** What is sent of the form: bodies as their carrier takes them, and no half-filled choosing. */
function sendable(entered: MaterialDraft, fields: FormField[]): MaterialDraft {
  const variants = entered.variants?.map((one) => ({ ...one, body: trimmed(one.body, fields) }));
  return {
    ...entered,
    body: trimmed(entered.body, fields),
    owner_id: entered.owner_id ?? null,
    variants: variants?.length ? variants : null,
    choosing: variants?.length && entered.choosing?.by ? entered.choosing : null,
  };
}

function useSubmit(material: Material | null) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const save = useSaveContent();
  // The revision that is being edited, not the newest: else a colleague's change would be lost unseen.
  const [revision, setRevision] = useState(material?.revision);
  const submit = (draft: MaterialDraft) =>
    save.mutate(
      { id: material?.id ?? null, draft: revision === undefined ? draft : { ...draft, revision } },
      {
        onSuccess: (saved) => {
          setRevision(saved.revision);
          void message.success(t("contents.saved"));
          void navigate(`/contents/${saved.id}`, { replace: true });
        },
      },
    );
  return { save, submit };
}

function useBodyForm(carrier: string) {
  const { data } = useCarriers();
  return data?.find((one) => one.carrier === carrier)?.form ?? PLAIN_FORM;
}

function CarrierField() {
  const { t } = useTranslation();
  const { data } = useCarriers();
  const options = data?.map(({ carrier }) => ({ value: carrier, label: t(`carriers.${carrier}`) }));
  return (
    <Form.Item name="carrier" label={t("contents.carrier")}>
      <Select options={options} loading={!data} />
    </Form.Item>
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
        <Input maxLength={128} readOnly={!isNew} variant={isNew ? "outlined" : "filled"} />
      </Form.Item>
    </div>
  );
}

function start(material: Material | null): MaterialDraft {
  if (!material) return NEW;
  const { key, name, carrier, body, category, topic, owner_id, expires_at, variants, choosing } = material;
  return { key, name, carrier, body, category, topic, owner_id, expires_at, variants, choosing };
}
