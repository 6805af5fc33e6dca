import { Button, DatePicker, Form, Input, Select, Space, type FormInstance } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import { useTranslation } from "react-i18next";

import type { MaterialDraft } from "@/api/contents";
import { askProposal } from "@/api/materials";
import { useMembers } from "@/api/settings";

import css from "./Contents.module.css";

const CATEGORIES = ["activation", "conversion", "brand"] as const;

/** What a text is for, who looks after it, and until when it holds. */
export function AboutFields({ form, isNew }: { form: FormInstance<MaterialDraft>; isNew: boolean }) {
  const { t } = useTranslation();
  const { data: members } = useMembers();
  const propose = async () => {
    const { topic, category } = form.getFieldsValue();
    const { name, key } = await askProposal(topic || t("contents.title"), category ?? "");
    form.setFieldsValue(isNew ? { name, key } : { name });
  };
  return (
    <div className={css.pair}>
      <Form.Item label={t("contents.topic")} extra={t("contents.topicHelp")}>
        <Space.Compact block>
          <Form.Item noStyle name="topic">
            <Input maxLength={64} aria-label={t("contents.topic")} />
          </Form.Item>
          <Button onClick={() => void propose()}>{t("contents.propose")}</Button>
        </Space.Compact>
      </Form.Item>
      <Form.Item name="category" label={t("contents.category")}>
        <Select
          options={[
            { value: "", label: t("contents.noCategory") },
            ...CATEGORIES.map((value) => ({ value, label: t(`contents.categories.${value}`) })),
          ]}
        />
      </Form.Item>
      <Form.Item name="owner_id" label={t("contents.owner")}>
        <Select
          allowClear
          placeholder={t("contents.noOwner")}
          options={members?.map((one) => ({ value: one.account_id, label: one.name || one.email }))}
        />
      </Form.Item>
      <Form.Item
        name="expires_at"
        label={t("contents.expires")}
        extra={t("contents.expiresHelp")}
        getValueProps={(value?: string | null) => ({ value: value ? dayjs(value) : null })}
        normalize={(value: Dayjs | null) => value?.toISOString() ?? null}
      >
        <DatePicker showTime className={css.wide} />
      </Form.Item>
    </div>
  );
}
