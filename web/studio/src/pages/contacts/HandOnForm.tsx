import { App, Button, Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useStaff } from "@/api/profile";
import { useHandGroupsOn, useHandOn, type TransferAsked } from "@/api/wecom";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./HandOnForm.module.css";

interface HandOnFormProps {
  /** Who gives; null lets one choose. */
  from: number | null;
  /** The one customer; null means all of them. */
  contact: number | null;
  onDone: () => void;
}

/** Hands one customer, or all of a member of staff and the groups that he owns, to somebody else. */
export function HandOnForm({ from, contact, onDone }: HandOnFormProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { data: staff } = useStaff();
  const hand = useHandOn();
  const [gives, setGives] = useState<number | null>(from);
  const [takes, setTakes] = useState<number | null>(null);
  const groups = useHandGroupsOn();
  const [words, setWords] = useState("");
  const [withGroups, setWithGroups] = useState(contact === null);
  const tell = (told: TransferAsked, chats: number) => {
    if (told.asked > 0) void message.success(t("wecom.asked", { count: told.asked }));
    if (chats > 0) void message.success(t("wecom.groupsAsked", { count: chats }));
    if (told.refused.length > 0) void message.warning(t("wecom.refused", { count: told.refused.length }));
    onDone();
  };
  const submit = async () => {
    if (gives === null || takes === null) return;
    const both = { from_staff_id: gives, to_staff_id: takes };
    const who = contact === null ? { all: true } : { contact_ids: [contact] };
    const told = await hand.mutateAsync({ ...both, words, ...who });
    tell(told, withGroups ? (await groups.mutateAsync(both)).asked : 0);
  };
  const options = (staff ?? []).map((one) => ({ value: one.id, label: one.name, isOff: !one.active }));
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit().catch(() => undefined); // the problem is shown above the form
      }}
    >
      <p className={css.quiet}>{t("wecom.handWords")}</p>
      <ProblemAlert problem={hand.error ?? groups.error} />
      {from === null && (
        <Select
          value={gives}
          onChange={setGives}
          options={options}
          placeholder={t("wecom.from")}
          aria-label={t("wecom.from")}
        />
      )}
      <Select
        value={takes}
        onChange={setTakes}
        options={options.filter((one) => one.value !== gives && !one.isOff)}
        placeholder={t("wecom.to")}
        aria-label={t("wecom.to")}
      />
      <Input
        value={words}
        onChange={(event) => setWords(event.target.value)}
        maxLength={200}
        placeholder={t("wecom.words")}
        aria-label={t("wecom.words")}
      />
      {contact === null && (
        <Checkbox checked={withGroups} onChange={(event) => setWithGroups(event.target.checked)}>
          {t("wecom.withGroups")}
        </Checkbox>
      )}
      <div className={css.acts}>
        <Button
          type="primary"
          htmlType="submit"
          loading={hand.isPending || groups.isPending}
          disabled={gives === null || takes === null}
        >
          {t("wecom.submit")}
        </Button>
        <Button onClick={onDone}>{t("parts.cancel")}</Button>
      </div>
    </form>
  );
}
