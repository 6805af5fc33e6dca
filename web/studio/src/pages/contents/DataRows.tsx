import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import type { FormField } from "@/api/kindTypes";
import { Icon } from "@/parts/Icon";
import { useWords } from "@/parts/language";

import css from "./Contents.module.css";

/** The named places of a platform's template. */
export function DataRows({ field, under }: { field: FormField; under: (string | number)[] }) {
  const { t } = useTranslation();
  const words = useWords();
  const title = (name: string) => words(field.of?.find((one) => one.name === name)?.title);
  return (
    <Form.Item label={words(field.title)}>
      <Form.List name={[...under, field.name]}>
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className={css.dataRow}>
                <Form.Item noStyle name={[row.name, "name"]}>
                  <Input aria-label={title("name")} placeholder="thing1" maxLength={64} />
                </Form.Item>
                <Form.Item noStyle name={[row.name, "value"]}>
                  <Input aria-label={title("value")} placeholder="{{ contact.name }}" />
                </Form.Item>
                <Button
                  type="text"
                  icon={<Icon name="close" size={16} />}
                  aria-label={t("contents.removeRow")}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            {rows.length < (field.max ?? Infinity) && (
              <Button icon={<Icon name="plus" size={16} />} onClick={() => add({ name: "", value: "" })}>
                {t("contents.addRow")}
              </Button>
            )}
          </>
        )}
      </Form.List>
    </Form.Item>
  );
}
