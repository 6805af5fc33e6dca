import { Button, Form, Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import {
  useSaveConnection,
  type Connection,
  type ConnectionDraft,
  type Connector,
  type ConnectorField,
} from "@/api/connections";
import { SideSheet } from "@/parts/SideSheet";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";

interface ConnectionPanelProps {
  connector: Connector;
  connection: Connection | null;
  onClose: () => void;
}

/** The form of an account, drawn from what its connector asks for; secrets go in and never come back. */
export function ConnectionPanel({ connector, connection, onClose }: ConnectionPanelProps) {
  const { t } = useTranslation();
  const say = useWords();
  const save = useSaveConnection(connection?.id ?? null);
  const [form] = Form.useForm<ConnectionDraft>();
  const settings = (Form.useWatch("settings", form) ?? {}) as Record<string, unknown>;
  const finish = (draft: ConnectionDraft) =>
    save.mutate(
      {
        ...draft,
        connector: connector.connector,
        settings: filled(draft.settings),
        secrets: filled(draft.secrets),
      },
      { onSuccess: onClose },
    );
  return (
    <SideSheet title={connection?.name ?? say(connector.title)} open onClose={onClose} size={520}>
      <ProblemAlert problem={save.error} />
      <Form<ConnectionDraft>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={initial(connector, connection)}
        onFinish={finish}
      >
        <Form.Item
          name="name"
          label={t("channels.name")}
          rules={[{ required: true, whitespace: true, message: t("channels.needed") }]}
        >
          <Input maxLength={200} />
        </Form.Item>
        {connector.form
          .filter((field) => isShown(field, settings))
          .map((field) => (
            <OneField
              key={field.name}
              field={field}
              isKept={connection?.secrets_set.includes(field.name) ?? false}
            />
          ))}
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t("channels.save")}
        </Button>
      </Form>
    </SideSheet>
  );
}

function OneField({ field, isKept }: { field: ConnectorField; isKept: boolean }) {
  const { t } = useTranslation();
  const say = useWords();
  const secret = field.type === "secret";
  const needed = field.required && !isKept && field.type !== "boolean";
  return (
    <Form.Item
      name={[secret ? "secrets" : "settings", field.name]}
      label={say(field.title)}
      extra={say(field.help) || undefined}
      valuePropName={field.type === "boolean" ? "checked" : "value"}
      rules={[{ required: needed, message: t("channels.needed") }]}
    >
      <Control field={field} hint={isKept ? t("channels.kept") : undefined} />
    </Form.Item>
  );
}

function Control({ field, hint, ...given }: { field: ConnectorField; hint: string | undefined }) {
  const say = useWords();
  switch (field.type) {
    case "secret":
      return <Input.Password {...given} autoComplete="new-password" placeholder={hint} maxLength={4000} />;
    case "lines":
      return <Input.TextArea {...given} rows={3} maxLength={2000} />;
    case "number":
      return <InputNumber {...given} min={field.min} max={field.max} style={{ width: 160 }} />;
    case "boolean":
      return <Switch {...given} />;
    case "select":
      return (
        <Select
          {...given}
          options={field.options?.map(({ value, title }) => ({ value, label: say(title) }))}
        />
      );
    default:
      return <Input {...given} maxLength={2000} />;
  }
}

function isShown(field: ConnectorField, settings: Record<string, unknown>): boolean {
  return Object.entries(field.show_if ?? {}).every(([name, value]) => settings[name] === value);
}

function initial(connector: Connector, connection: Connection | null): Partial<ConnectionDraft> {
  const usual = connector.form.filter((field) => field.type !== "secret" && field.default !== undefined);
  const settings: Record<string, unknown> = Object.fromEntries(
    usual.map((field) => [field.name, field.default]),
  );
  if (connector.form.some((field) => field.name === "public_url"))
    settings.public_url = window.location.origin;
  return { name: connection?.name ?? "", settings: { ...settings, ...connection?.settings }, secrets: {} };
}

/** What was left empty is not said at all: an empty secret would not be "unchanged". */
function filled<T>(values: Record<string, T> | undefined): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  );
}
