import { Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { useCreateJourney } from "@/api/journeys";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./NewJourneyPanel.module.css";

/** A name, and an empty canvas; or the way to the templates, which is the quicker one. */
export default function NewJourneyPanel({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const create = useCreateJourney();
  const submit = ({ name }: { name: string }) =>
    create.mutate({ name: name.trim() }, { onSuccess: (made) => void navigate(`/journeys/${made.id}`) });
  return (
    <SideSheet title={t("journeys.new")} open={open} onClose={onClose} size={420} destroyOnHidden>
      <ProblemAlert problem={create.error} />
      <Form layout="vertical" requiredMark={false} onFinish={submit}>
        <Form.Item
          name="name"
          label={t("journeys.name")}
          extra={t("journeys.nameHelp")}
          rules={[{ required: true, whitespace: true, message: t("journeys.nameNeeded") }]}
        >
          <Input maxLength={200} autoFocus placeholder={t("journeys.namePlaceholder")} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={create.isPending}>
          {t("journeys.create")}
        </Button>
      </Form>
      <div className={css.or}>
        <p>{t("journeys.orTemplate")}</p>
        <LinkButton to="/templates">{t("journeys.fromTemplate")}</LinkButton>
      </div>
    </SideSheet>
  );
}
