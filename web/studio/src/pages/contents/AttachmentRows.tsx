import { Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { FormField } from "@/api/kindTypes";
import { Icon } from "@/parts/Icon";
import { useWords } from "@/parts/language";

import css from "./Contents.module.css";

/** What goes with a text: links, pictures, mini-program cards, as many as the carrier takes. */
export function AttachmentRows({ field, under }: { field: FormField; under: (string | number)[] }) {
  const { t } = useTranslation();
  const words = useWords();
  const kinds = field.of?.find(({ name }) => name === "type")?.options ?? [];
  const options = kinds.map(({ value, title }) => ({ value: String(value), label: words(title) }));
  const first = options.find(({ value }) => value === "link")?.value ?? options[0]?.value;
  return (
    <Form.Item label={words(field.title)}>
      <Form.List name={[...under, field.name]}>
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className={css.attachmentRow}>
                <Form.Item noStyle name={[row.name, "type"]}>
                  <Select aria-label={t("contents.attachmentType")} options={options} />
                </Form.Item>
                <Form.Item noStyle name={[row.name, "title"]}>
                  <Input
                    maxLength={64}
                    aria-label={t("contents.attachmentTitle")}
                    placeholder={t("contents.attachmentTitle")}
                  />
                </Form.Item>
                <Form.Item noStyle name={[row.name, "url"]}>
                  <Input aria-label={t("contents.attachmentUrl")} placeholder="https://" />
                </Form.Item>
                <Button
                  type="text"
                  icon={<Icon name="close" size={16} />}
                  aria-label={t("contents.removeAttachment")}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            {rows.length < (field.max ?? Infinity) && (
              <Button
                icon={<Icon name="plus" size={16} />}
                onClick={() => add({ type: first, title: "", url: "" })}
              >
                {t("contents.addAttachment")}
              </Button>
            )}
          </>
        )}
      </Form.List>
    </Form.Item>
  );
}
