import { Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useTags } from "@/api/catalogue";
import { useAddContact } from "@/api/people";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

interface Entered {
  external_id: string;
  name?: string;
  tags?: string[];
}

/** One customer by hand; many come by file or by API. */
export function AddContactPanel({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddContact();
  const tags = useTags();
  const submit = (entered: Entered) => add.mutate(entered, { onSuccess: onClose });
  return (
    <SideSheet title={t("contacts.add")} open={open} onClose={onClose} size={420} destroyOnHidden>
      <ProblemAlert problem={add.error} />
      <Form<Entered> layout="vertical" requiredMark={false} onFinish={submit}>
        <Form.Item
          name="external_id"
          label={t("contacts.externalId")}
          extra={t("contacts.externalIdHelp")}
          rules={[{ required: true, whitespace: true, message: t("contacts.externalIdNeeded") }]}
        >
          <Input maxLength={255} autoFocus />
        </Form.Item>
        <Form.Item name="name" label={t("contacts.name")}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="tags" label={t("contacts.tags")}>
          <Select mode="tags" options={tags.data?.map(({ name }) => ({ value: name, label: name }))} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={add.isPending}>
          {t("contacts.save")}
        </Button>
      </Form>
    </SideSheet>
  );
}
