import { App, Button, Form, Input, Select, Skeleton, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { useMay, useSession } from "@/api/session";
import { useChangeWorkspaceSettings, useWorkspace } from "@/api/settings";
import type { WorkspaceSettings } from "@/api/types";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { MergeFields, SURE } from "./MergeFields";
import css from "./Settings.module.css";

interface Entered {
  name: string;
  timezone: string;
  language: WorkspaceSettings["language"];
  quiet: boolean;
  from: string;
  to: string;
  merge: boolean;
  mergeBy: string[];
}

/** Each in its own letters, so that whoever reads it finds it. */
const LANGUAGES = [
  { value: "zh", label: "中文" },
  { value: "en", label: "English" },
];
const USUAL_QUIET = ["22:00", "08:00"] as const;

/** Name, zone, quiet hours and who is taken for one person: what every journey of the workspace starts from. */
export function WorkspacePart() {
  const { data: session } = useSession();
  const { data: workspace, error, refetch } = useWorkspace(session?.workspace.id);
  if (error) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  if (!workspace) return <Skeleton active />;
  return <WorkspaceForm key={workspace.id} workspace={workspace} />;
}

function WorkspaceForm({ workspace }: { workspace: WorkspaceSettings }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const change = useChangeWorkspaceSettings(workspace.id);
  const isOwner = useMay("owner");
  const [form] = Form.useForm<Entered>();
  const quiet = Form.useWatch("quiet", form) ?? workspace.quiet_hours !== null;
  const merge = Form.useWatch("merge", form) ?? workspace.merge_on_identify.length > 0;
  const mergeBy = Form.useWatch("mergeBy", form) ?? workspace.merge_on_identify;
  const submit = ({ name, timezone, language, quiet: on, from, to, ...entered }: Entered) =>
    change.mutate(
      {
        name: name.trim(),
        timezone,
        language,
        quiet_hours: on ? [from, to] : null,
        merge_on_identify: entered.merge ? entered.mergeBy : [],
      },
      { onSuccess: () => void message.success(t("settings.saved")) },
    );
  return (
    <section className={css.sheet}>
      <ProblemAlert problem={change.error} />
      <Form<Entered>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={startOf(workspace)}
        disabled={!isOwner}
        onFinish={submit}
      >
        <Form.Item
          name="name"
          label={t("settings.name")}
          rules={[{ required: true, whitespace: true, message: t("settings.nameNeeded") }]}
        >
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="timezone" label={t("settings.timezone")} extra={t("settings.timezoneHelp")}>
          <Select showSearch options={zones().map((value) => ({ value, label: value }))} />
        </Form.Item>
        <Form.Item name="language" label={t("settings.language")} extra={t("settings.languageHelp")}>
          <Select options={LANGUAGES} />
        </Form.Item>
        <Form.Item
          name="quiet"
          label={t("settings.quiet")}
          extra={t("settings.quietHelp")}
          valuePropName="checked"
        >
          <Switch />
        </Form.Item>
        {/* Kept mounted, so that the hours are still there when quiet is switched on again. */}
        <div className={css.hours} hidden={!quiet} style={quiet ? undefined : { display: "none" }}>
          <Form.Item name="from" label={t("settings.quietFrom")}>
            <Input type="time" />
          </Form.Item>
          <Form.Item name="to" label={t("settings.quietTo")}>
            <Input type="time" />
          </Form.Item>
        </div>
        <MergeFields on={merge} by={mergeBy} />
        {isOwner ? (
          <Button type="primary" htmlType="submit" loading={change.isPending}>
            {t("settings.save")}
          </Button>
        ) : (
          <p className={css.quiet}>{t("settings.ownerOnly")}</p>
        )}
      </Form>
    </section>
  );
}

function startOf(workspace: WorkspaceSettings): Entered {
  const [from, to] = workspace.quiet_hours ?? USUAL_QUIET;
  return {
    name: workspace.name,
    timezone: workspace.timezone,
    language: workspace.language,
    quiet: workspace.quiet_hours !== null,
    from,
    to,
    merge: workspace.merge_on_identify.length > 0,
    mergeBy: workspace.merge_on_identify.length > 0 ? workspace.merge_on_identify : SURE,
  };
}

function zones(): string[] {
  return Intl.supportedValuesOf("timeZone");
}
