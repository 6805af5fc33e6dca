import { Input, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { useCarriers } from "@/api/catalogue";
import type { Wanted } from "@/api/contents";
import { useMembers } from "@/api/settings";
import { Icon } from "@/parts/Icon";

import css from "./Materials.module.css";

const CATEGORIES = ["activation", "conversion", "brand"] as const;
const STATUSES = ["draft", "review", "approved", "sent_back"] as const;
const SOON_DAYS = 7;

interface FiltersProps {
  wanted: Wanted;
  onChange: (wanted: Wanted) => void;
}

/** What of the library is looked for. */
export function Filters({ wanted, onChange }: FiltersProps) {
  const { t } = useTranslation();
  const { data: carriers } = useCarriers();
  const { data: members } = useMembers();
  const choose = (changed: Wanted) => onChange({ ...wanted, ...changed });
  return (
    <div className={css.filters}>
      <Input
        allowClear
        prefix={<Icon name="search" size={16} />}
        placeholder={t("contents.search")}
        aria-label={t("contents.find")}
        value={wanted.q}
        onChange={(event) => choose({ q: event.target.value })}
      />
      <Select
        allowClear
        aria-label={t("contents.category")}
        placeholder={t("contents.anyCategory")}
        value={wanted.category}
        onChange={(category?: string) => choose({ category })}
        options={CATEGORIES.map((value) => ({ value, label: t(`contents.categories.${value}`) }))}
      />
      <Select
        allowClear
        aria-label={t("contents.carrier")}
        placeholder={t("contents.anyCarrier")}
        value={wanted.carrier}
        onChange={(carrier?: string) => choose({ carrier })}
        options={carriers?.map(({ carrier }) => ({ value: carrier, label: t(`carriers.${carrier}`) }))}
      />
      <Select
        allowClear
        aria-label={t("contents.status")}
        placeholder={t("contents.anyStatus")}
        value={wanted.status}
        onChange={(status?: string) => choose({ status })}
        options={STATUSES.map((value) => ({ value, label: t(`contents.statuses.${value}`) }))}
      />
      <Select
        allowClear
        aria-label={t("contents.owner")}
        placeholder={t("contents.anyOwner")}
        value={wanted.owner_id}
        onChange={(owner_id?: number) => choose({ owner_id })}
        options={members?.map((one) => ({ value: one.account_id, label: one.name || one.email }))}
      />
      <label className={css.switch}>
        <Switch
          size="small"
          aria-label={t("contents.expiring")}
          checked={wanted.expiring !== undefined}
          onChange={(on) => choose({ expiring: on ? SOON_DAYS : undefined })}
        />
        {t("contents.expiring")}
      </label>
    </div>
  );
}
