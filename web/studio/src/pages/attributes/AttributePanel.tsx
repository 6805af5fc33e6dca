import { App, Button, Form, Input, Popconfirm, Select, Space, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { useDeclareAttribute, useForgetAttribute, type Attribute, type Declared } from "@/api/profile";
import { SideSheet } from "@/parts/SideSheet";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";

const TYPES = ["text", "number", "boolean", "date", "time", "list"];
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

type Entered = Omit<Declared, "allowed"> & { name: string; allowed?: string[] };

/** Says what one attribute means; a new one, or one that data brought or the product knows. */
export function AttributePanel({ attribute, onClose }: { attribute: Attribute | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const words = useWords();
  const declare = useDeclareAttribute();
  const forget = useForgetAttribute();
  const submit = ({ allowed, ...said }: Entered) => {
    const values = said.type === "number" ? allowed?.map(Number) : allowed;
    declare.mutate(
      { ...said, allowed: values?.length ? values : null },
      {
        onSuccess: () => {
          void message.success(t("attributes.saved"));
          onClose();
        },
      },
    );
  };
  return (
    <SideSheet
      open
      title={attribute ? words(attribute.title) || attribute.name : t("attributes.add")}
      onClose={onClose}
      size={460}
    >
      <ProblemAlert problem={declare.error ?? forget.error} />
      <Form<Entered>
        layout="vertical"
        requiredMark={false}
        onFinish={submit}
        initialValues={
          attribute
            ? {
                ...attribute,
                title: words(attribute.title),
                allowed: attribute.allowed?.map(String),
                type: TYPES.includes(attribute.type) ? attribute.type : "text",
              }
            : { type: "text", seen_by: "everyone", strict: false }
        }
      >
        <Form.Item
          name="name"
          label={t("attributes.key")}
          extra={t("attributes.keyHelp")}
          rules={[{ required: true, pattern: NAME, message: t("attributes.keyWrong") }]}
        >
          <Input disabled={attribute !== null} maxLength={64} autoFocus={attribute === null} />
        </Form.Item>
        <Form.Item name="title" label={t("attributes.name")}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="type" label={t("attributes.type")}>
          <Select options={TYPES.map((value) => ({ value, label: t(`attributes.types.${value}`) }))} />
        </Form.Item>
        <Form.Item name="allowed" label={t("attributes.allowed")} extra={t("attributes.allowedHelp")}>
          <Select mode="tags" open={false} suffixIcon={null} placeholder={t("attributes.anyValue")} />
        </Form.Item>
        <Form.Item name="description" label={t("attributes.description")}>
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 2 }} />
        </Form.Item>
        <Form.Item name="seen_by" label={t("attributes.seenBy")}>
          <Select
            options={["everyone", "personal"].map((value) => ({
              value,
              label: t(`attributes.seen.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item
          name="strict"
          label={t("attributes.strict")}
          extra={t("attributes.strictHelp")}
          valuePropName="checked"
        >
          <Switch />
        </Form.Item>
        <Space>
          <Button type="primary" htmlType="submit" loading={declare.isPending}>
            {t("contacts.save")}
          </Button>
          {attribute?.declared && (
            <Popconfirm
              title={t("attributes.forgetSure")}
              onConfirm={() => forget.mutate(attribute.name, { onSuccess: onClose })}
            >
              <Button danger>{t("attributes.forget")}</Button>
            </Popconfirm>
          )}
        </Space>
      </Form>
    </SideSheet>
  );
}
