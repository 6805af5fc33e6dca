import { Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import type { FormField } from "@/api/kindTypes";
import { useWords } from "@/parts/language";

import { AttachmentRows } from "./AttachmentRows";
import { DataRows } from "./DataRows";
import { TextWithVariables } from "./TextWithVariables";

/** The fields of a body as its carrier asks for them. */
export function BodyFields({ form, under = ["body"] }: { form: FormField[]; under?: (string | number)[] }) {
  return form.map((field) =>
    field.name === "attachments" ? (
      <AttachmentRows key={field.name} field={field} under={under} />
    ) : field.type === "list" ? (
      <DataRows key={field.name} field={field} under={under} />
    ) : (
      <TextField key={field.name} field={field} under={under} />
    ),
  );
}

function TextField({ field, under }: { field: FormField; under: (string | number)[] }) {
  const { t } = useTranslation();
  const words = useWords();
  const title = words(field.title);
  const needed = { required: true, whitespace: true, message: t("contents.fieldNeeded", { title }) };
  return (
    <Form.Item
      name={[...under, field.name]}
      label={title}
      extra={words(field.help) || undefined}
      rules={field.required ? [needed] : []}
    >
      {field.name === "text" ? (
        <TextWithVariables />
      ) : (field.type as string) === "html" ? (
        <Input.TextArea autoSize={{ minRows: 4, maxRows: 14 }} />
      ) : (
        <Input maxLength={field.max ?? undefined} />
      )}
    </Form.Item>
  );
}
