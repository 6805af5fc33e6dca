import { Alert, Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useMakeApiKey } from "@/api/settings";
import type { KeyRole } from "@/api/types";
import { CopyButton } from "@/parts/CopyButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";

import css from "./Settings.module.css";

const roles: KeyRole[] = ["sender", "editor", "viewer"];

/** Makes a key and shows it this once; afterwards only its beginning is known. */
export function NewKeyPanel({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const make = useMakeApiKey();
  const close = () => {
    make.reset();
    onClose();
  };
  return (
    <SideSheet title={t("settings.newKey")} open={open} onClose={close} size={460} destroyOnHidden>
      <ProblemAlert problem={make.error} />
      {make.data?.secret ? (
        <Secret secret={make.data.secret} onDone={close} />
      ) : (
        <Form
          layout="vertical"
          requiredMark={false}
          initialValues={{ role: "editor" }}
          onFinish={(wanted: { name: string; role: KeyRole }) => make.mutate(wanted)}
        >
          <Form.Item
            name="name"
            label={t("settings.keyName")}
            extra={t("settings.keyNameHelp")}
            rules={[{ required: true, whitespace: true, message: t("settings.keyNameNeeded") }]}
          >
            <Input maxLength={200} autoFocus />
          </Form.Item>
          <Form.Item name="role" label={t("settings.role")}>
            <Select
              options={roles.map((value) => ({
                value,
                label: `${t(`roles.${value}`)} · ${t(`roleWords.${value}`)}`,
              }))}
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={make.isPending}>
            {t("settings.makeKey")}
          </Button>
        </Form>
      )}
    </SideSheet>
  );
}

function Secret({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={css.secret}>
      <Alert type="warning" showIcon title={t("settings.keyOnce")} />
      <code aria-label={t("settings.key")}>{secret}</code>
      <CopyButton text={secret} label={t("settings.copyKey")} />
      <Button type="primary" onClick={onDone}>
        {t("settings.keyKept")}
      </Button>
    </div>
  );
}
