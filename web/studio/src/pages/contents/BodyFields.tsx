import { Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import type { FormField } from "@/api/kindTypes";
import { useWords } from "@/parts/language";

import { AttachmentRows } from "./AttachmentRows";
import { TextWithVariables } from "./TextWithVariables";

/** The fields of a body as its carrier asks for them. */
export function BodyFields({ form }: { form: FormField[] }) {
  return form.map((field) =>
    field.type === "list" ? (
      <AttachmentRows key={field.name} field={field} />
    ) : (
      <TextField key={field.name} field={field} />
    ),
  );
}

function TextField({ field }: { field: FormField }) {
  const { t } = useTranslation();
  const words = useWords();
  const title = words(field.title);
  const needed = { required: true, whitespace: true, message: t("contents.fieldNeeded", { title }) };
  return (
    <Form.Item
      name={["body", field.name]}
      label={title}
      extra={words(field.help) || undefined}
      rules={field.required ? [needed] : []}
    >
      {field.name === "text" ? <TextWithVariables /> : <Input maxLength={field.max ?? undefined} />}
    </Form.Item>
  );
}
