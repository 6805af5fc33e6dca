import { AutoComplete, Button, Checkbox, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useMembers } from "@/api/settings";
import { useChangeStaff, useCrew, type Staff } from "@/api/tasks";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

type Known = Pick<Staff, "name" | "team" | "active"> & { account_id?: number | null };

/** Changes somebody who does tasks. Whose account is named here finds the day's list after signing in. */
export function StaffPanel({ staff, onClose }: { staff: Staff; onClose: () => void }) {
  const { t } = useTranslation();
  const { data: members } = useMembers();
  const { data: crew } = useCrew();
  const change = useChangeStaff();
  const keep = ({ account_id = null, ...known }: Known) =>
    change.mutate({ id: staff.id, account_id, ...known }, { onSuccess: onClose });
  return (
    <SideSheet open onClose={onClose} size={420} title={staff.name}>
      <ProblemAlert problem={change.error} />
      <Form<Known> layout="vertical" initialValues={staff} onFinish={keep}>
        <Form.Item name="name" label={t("tasks.staffName")} rules={[{ required: true }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="team" label={t("tasks.team")}>
          <AutoComplete options={crew?.teams.map((one) => ({ value: one })) ?? []} maxLength={200} />
        </Form.Item>
        <Form.Item name="account_id" label={t("tasks.account")} extra={t("tasks.accountHelp")}>
          <Select
            allowClear
            options={members?.map((one) => ({
              value: one.account_id,
              label: one.name ? `${one.name} · ${one.email}` : one.email,
            }))}
          />
        </Form.Item>
        <Form.Item name="active" valuePropName="checked" extra={t("tasks.activeHelp")}>
          <Checkbox>{t("tasks.active")}</Checkbox>
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={change.isPending}>
          {t("settings.save")}
        </Button>
      </Form>
    </SideSheet>
  );
}
