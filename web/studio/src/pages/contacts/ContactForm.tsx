import { AutoComplete, Button, Form, Input, Space } from "antd";
import { useTranslation } from "react-i18next";

import { useAttributeTypes, useTitles } from "@/api/catalogue";
import { useChangeContact } from "@/api/people";
import type { Contact } from "@/api/types";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { attributeText, attributeValue, OF_CONSENT } from "./attributes";
import css from "./ContactForm.module.css";

interface Entered {
  name: string;
  attributes: Row[];
}

interface Row {
  name: string;
  value: string;
}

/** Change what is known of a contact; tags and consent have cards of their own. Journeys that listen will hear it. */
export function ContactForm({ contact, onDone }: { contact: Contact; onDone: () => void }) {
  const { t } = useTranslation();
  const change = useChangeContact(contact.id);
  const submit = (entered: Entered) =>
    change.mutate(
      { name: entered.name.trim(), attributes: attributesOf(entered, contact) },
      { onSuccess: onDone },
    );
  return (
    <Form<Entered> layout="vertical" initialValues={startOf(contact)} onFinish={submit} requiredMark={false}>
      <ProblemAlert problem={change.error} />
      <Form.Item name="name" label={t("contacts.name")}>
        <Input maxLength={200} />
      </Form.Item>
      <AttributeRows has={contact.attributes} />
      <Space>
        <Button type="primary" htmlType="submit" loading={change.isPending}>
          {t("contacts.save")}
        </Button>
        <Button onClick={onDone}>{t("parts.cancel")}</Button>
      </Space>
    </Form>
  );
}

function AttributeRows({ has }: { has: Contact["attributes"] }) {
  const { t } = useTranslation();
  const { data: known } = useAttributeTypes();
  const titled = useTitles(known);
  const rowsNow = Form.useWatch<Row[] | undefined>("attributes") ?? [];
  const named = known?.map(({ name }) => ({ value: name, label: nameAndTitle(name, titled(name)) }));
  return (
    <Form.Item label={t("contacts.attributes")}>
      <Form.List name="attributes">
        {(rows, { add, remove }) => (
          <div className={css.rows}>
            {rows.map((row) => {
              const name = rowsNow[row.name]?.name ?? "";
              const values = known?.find((one) => one.name === name)?.values ?? [];
              const is = `${t("contacts.attributeValue")} ${titled(name)}`.trim();
              return (
                <div key={row.key} className={css.row}>
                  {name in has ? (
                    <span className={css.name} title={name}>
                      {titled(name)}
                    </span>
                  ) : (
                    <Form.Item noStyle name={[row.name, "name"]}>
                      <AutoComplete
                        options={named?.filter(({ value }) => !(value in has))}
                        showSearch={{ filterOption: fits }}
                        aria-label={t("contacts.attributeName")}
                        placeholder={t("contacts.attributeName")}
                      />
                    </Form.Item>
                  )}
                  <Form.Item noStyle name={[row.name, "value"]}>
                    <AutoComplete
                      options={values.map((value) => ({ value: attributeText(value) }))}
                      aria-label={is}
                    />
                  </Form.Item>
                  <Button
                    type="text"
                    icon={<Icon name="close" size={16} />}
                    aria-label={t("contacts.removeAttribute")}
                    onClick={() => remove(row.name)}
                  />
                </div>
              );
            })}
            <Button icon={<Icon name="plus" size={16} />} onClick={() => add({ name: "", value: "" })}>
              {t("contacts.addAttribute")}
            </Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

function fits(typed: string, option?: { label: string }): boolean {
  return Boolean(option?.label.toLowerCase().includes(typed.trim().toLowerCase()));
}

function nameAndTitle(name: string, title: string): string {
  return title === name ? name : `${title} · ${name}`;
}

function startOf(contact: Contact): Entered {
  const attributes = Object.entries(contact.attributes).filter(([name]) => !OF_CONSENT.test(name));
  return {
    name: contact.name,
    attributes: attributes.map(([name, value]) => ({ name, value: attributeText(value) })),
  };
}

/** A removed row is sent as null, which is how the API forgets an attribute. */
function attributesOf(entered: Entered, contact: Contact): Record<string, unknown> {
  const forgotten = startOf(contact).attributes.map(({ name }) => [name, null]);
  const kept = entered.attributes
    .filter(({ name }) => name.trim() !== "")
    .map(({ name, value }) => [name.trim(), attributeValue(value, contact.attributes[name.trim()])]);
  return Object.fromEntries([...forgotten, ...kept]) as Record<string, unknown>;
}
