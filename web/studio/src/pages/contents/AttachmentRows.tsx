import { Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import { Icon } from "@/parts/Icon";

import { attachmentTypes } from "./carriers";
import css from "./Contents.module.css";

/** What goes with a text: links, pictures, mini-program cards. */
export function AttachmentRows() {
  const { t } = useTranslation();
  const types = attachmentTypes.map((value) => ({ value, label: t(`attachments.${value}`) }));
  return (
    <Form.Item label={t("contents.attachments")}>
      <Form.List name={["body", "attachments"]}>
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className={css.attachmentRow}>
                <Form.Item noStyle name={[row.name, "type"]}>
                  <Select aria-label={t("contents.attachmentType")} options={types} />
                </Form.Item>
                <Form.Item noStyle name={[row.name, "title"]}>
                  <Input
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
            <Button
              icon={<Icon name="plus" size={16} />}
              onClick={() => add({ type: "link", title: "", url: "" })}
            >
              {t("contents.addAttachment")}
            </Button>
          </>
        )}
      </Form.List>
    </Form.Item>
  );
}
