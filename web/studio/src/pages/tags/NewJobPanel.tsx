import { Button, Form, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAllSegments } from "@/api/segments";
import { useStartTagJob, type JobDraft } from "@/api/tags";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { RuleDesk, type RuleTree } from "@/parts/RuleDesk";
import { SideSheet } from "@/parts/SideSheet";

import { TagPicker } from "./TagPicker";
import css from "./Tags.module.css";

const WHOM = ["segment", "rule", "upload"] as const;
const KINDS = ["phone", "external_id", "email", "unionid", "openid", "external_userid"] as const;

/** Says whom to tag and with what; the worker does it, and one may leave. */
export function NewJobPanel({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <SideSheet title={t("tags.newJob")} open={open} onClose={onClose} size={640} destroyOnHidden>
      <Fields onDone={onClose} />
    </SideSheet>
  );
}

function Fields({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const job = useStartTagJob();
  const { data: segments } = useAllSegments();
  const [name, setName] = useState("");
  const [whom, setWhom] = useState<(typeof WHOM)[number]>("segment");
  const [segment, setSegment] = useState<string>();
  const [rule, setRule] = useState<RuleTree | null>(null);
  const [file, setFile] = useState<File>();
  const [kind, setKind] = useState<string>("phone");
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const named =
    whom === "segment" ? segment && { segment } : whom === "rule" ? rule && { rule } : file && { file, kind };
  const ready = Boolean(named) && add.length + remove.length > 0;
  const draft: JobDraft = { add, remove, ...(name.trim() ? { name: name.trim() } : {}), ...(named || {}) };
  return (
    <Form layout="vertical" component="div">
      <ProblemAlert problem={job.error} />
      <Form.Item label={t("tags.whom")}>
        <Segmented
          value={whom}
          options={WHOM.map((value) => ({ value, label: t(`tags.whomOptions.${value}`) }))}
          onChange={setWhom}
        />
      </Form.Item>
      {whom === "segment" && (
        <Form.Item label={t("tags.segment")} htmlFor="tag-job-segment">
          <Select
            id="tag-job-segment"
            showSearch
            optionFilterProp="label"
            value={segment}
            onChange={setSegment}
            options={segments?.map((one) => ({ value: one.key, label: `${one.name} · ${one.count}` }))}
          />
        </Form.Item>
      )}
      {whom === "rule" && <RuleDesk value={rule} onChange={setRule} />}
      {whom === "upload" && (
        <div className={css.two}>
          <Form.Item label={t("tags.kind")} htmlFor="tag-job-kind">
            <Select
              id="tag-job-kind"
              value={kind}
              onChange={setKind}
              options={KINDS.map((value) => ({ value, label: t(`tags.kinds.${value}`) }))}
            />
          </Form.Item>
          <Form.Item label={t("tags.file")} htmlFor="tag-job-file" extra={t("tags.fileHelp")}>
            <input
              id="tag-job-file"
              type="file"
              accept=".csv,.txt,text/csv,text/plain"
              onChange={(event) => setFile(event.target.files?.[0])}
            />
          </Form.Item>
        </div>
      )}
      <div className={css.two}>
        <Form.Item label={t("tags.add")}>
          <TagPicker label={t("tags.add")} value={add} onChange={setAdd} />
        </Form.Item>
        <Form.Item label={t("tags.remove")}>
          <TagPicker label={t("tags.remove")} value={remove} onChange={setRemove} />
        </Form.Item>
      </div>
      <Form.Item label={t("tags.jobName")} htmlFor="tag-job-name">
        <Input
          id="tag-job-name"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
        />
      </Form.Item>
      <Button
        type="primary"
        disabled={!ready}
        loading={job.isPending}
        onClick={() => job.start(draft, onDone)}
      >
        {t("tags.begin")}
      </Button>
    </Form>
  );
}
