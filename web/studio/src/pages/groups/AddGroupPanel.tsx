import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import { useAddGroup, type NewGroup } from "@/api/groups";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Groups.module.css";

/** One group registered by hand. */
export function AddGroupPanel({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const add = useAddGroup();
  const [form] = Form.useForm<NewGroup>();
  const save = (group: NewGroup) =>
    add.mutate(group, {
      onSuccess: () => {
        form.resetFields();
        onClose();
      },
    });
  return (
    <SideSheet open={open} onClose={onClose} size={420} title={t("groups.add")}>
      <p className={css.help}>{t("groups.addWords")}</p>
      <ProblemAlert problem={add.error} />
      <Form form={form} layout="vertical" onFinish={save} style={{ marginTop: 16 }}>
        <Form.Item name="key" label={t("groups.key")} rules={[{ required: true }]}>
          <Input maxLength={255} />
        </Form.Item>
        <Form.Item name="name" label={t("groups.name")}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="owner" label={t("groups.owner")}>
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="notice" label={t("groups.notice")}>
          <Input.TextArea rows={3} maxLength={4000} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={add.isPending}>
          {t("groups.add")}
        </Button>
      </Form>
    </SideSheet>
  );
}
