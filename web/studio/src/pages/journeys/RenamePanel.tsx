import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";

import { useRenameJourney } from "@/api/journeys";
import type { Journey } from "@/api/types";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

interface RenamePanelProps {
  journey: Journey;
  open: boolean;
  onClose: () => void;
}

export default function RenamePanel({ journey, open, onClose }: RenamePanelProps) {
  const { t } = useTranslation();
  const rename = useRenameJourney();
  const submit = ({ name }: { name: string }) =>
    rename.mutate({ id: journey.id, name: name.trim() }, { onSuccess: onClose });
  return (
    <SideSheet title={t("deeds.rename.name")} open={open} onClose={onClose} size={420} destroyOnHidden>
      <ProblemAlert problem={rename.error} />
      <Form layout="vertical" requiredMark={false} initialValues={{ name: journey.name }} onFinish={submit}>
        <Form.Item
          name="name"
          label={t("journeys.name")}
          rules={[{ required: true, whitespace: true, message: t("journeys.nameNeeded") }]}
        >
          <Input maxLength={200} autoFocus />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={rename.isPending}>
          {t("journeys.save")}
        </Button>
      </Form>
    </SideSheet>
  );
}
