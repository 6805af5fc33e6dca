import { Button, Form, Input, Select, Space } from "antd";
import { useTranslation } from "react-i18next";

import { useAttributeTypes, useTags } from "@/api/catalogue";
import { useChangeContact } from "@/api/people";
import type { Contact } from "@/api/types";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { attributeText, attributeValue } from "./attributes";
import css from "./ContactForm.module.css";

interface Entered {
  name: string;
  tags: string[];
  attributes: { name: string; value: string }[];
}

/** Change what is known of a contact. Journeys that listen for the change will hear it. */
export function ContactForm({ contact, onDone }: { contact: Contact; onDone: () => void }) {
  const { t } = useTranslation();
  const change = useChangeContact(contact.id);
  const tags = useTags();
  const submit = (entered: Entered) =>
    change.mutate(
      { name: entered.name.trim(), tags: entered.tags, attributes: attributesOf(entered, contact) },
      { onSuccess: onDone },
    );
  return (
    <Form<Entered> layout="vertical" initialValues={startOf(contact)} onFinish={submit} requiredMark={false}>
      <ProblemAlert problem={change.error} />
      <Form.Item name="name" label={t("contacts.name")}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="tags" label={t("contacts.tags")}>
        <Select mode="tags" options={tags.data?.map(({ name }) => ({ value: name, label: name }))} />
      </Form.Item>
      <AttributeRows />
      <Space>
        <Button type="primary" htmlType="submit" loading={change.isPending}>
          {t("contacts.save")}
        </Button>
        <Button onClick={onDone}>{t("parts.cancel")}</Button>
      </Space>
    </Form>
  );
}

function AttributeRows() {
  const { t } = useTranslation();
  const known = useAttributeTypes();
  return (
    <Form.Item label={t("contacts.attributes")}>
      <Form.List name="attributes">
        {(rows, { add, remove }) => (
          <div className={css.rows}>
            {rows.map((row) => (
              <div key={row.key} className={css.row}>
                <Form.Item noStyle name={[row.name, "name"]}>
                  <Input list="known-attributes" aria-label={t("contacts.attributeName")} />
                </Form.Item>
                <Form.Item noStyle name={[row.name, "value"]}>
                  <Input aria-label={t("contacts.attributeValue")} />
                </Form.Item>
                <Button
                  type="text"
                  icon={<Icon name="close" size={16} />}
                  aria-label={t("contacts.removeAttribute")}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <Button icon={<Icon name="plus" size={16} />} onClick={() => add({ name: "", value: "" })}>
              {t("contacts.addAttribute")}
            </Button>
          </div>
        )}
      </Form.List>
      <datalist id="known-attributes">
        {known.data?.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </Form.Item>
  );
}

function startOf(contact: Contact): Entered {
  const attributes = Object.entries(contact.attributes);
  return {
    name: contact.name,
    tags: contact.tags,
    attributes: attributes.map(([name, value]) => ({ name, value: attributeText(value) })),
  };
}

/** A removed row is sent as null, which is how the API forgets an attribute. */
function attributesOf(entered: Entered, contact: Contact): Record<string, unknown> {
  const forgotten = Object.keys(contact.attributes).map((name) => [name, null]);
  const kept = entered.attributes
    .filter(({ name }) => name.trim() !== "")
    .map(({ name, value }) => [name.trim(), attributeValue(value, contact.attributes[name.trim()])]);
  return Object.fromEntries([...forgotten, ...kept]) as Record<string, unknown>;
}
