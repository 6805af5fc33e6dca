import { AutoComplete, Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useRelate, useStaff, type Relation } from "@/api/profile";
import { useMay } from "@/api/session";
import type { Person } from "@/api/types";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StatusPill, type Tone } from "@/parts/StatusPill";

import { Card } from "./Card";
import { HandOnForm } from "./HandOnForm";
import css from "./StaffCard.module.css";
import { Transfers } from "./Transfers";

const tones: Record<string, Tone> = { friend: "good", deleted: "bad", none: "quiet" };
const STATES = ["friend", "deleted", "none"];

/** Who of the staff looks after a customer, and whether they are still friends. */
export function StaffCard({ person }: { person: Person }) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const [adding, setAdding] = useState(false);
  const [handing, setHanding] = useState<number | null>(null);
  return (
    <Card
      title={t("profile.staff")}
      aside={
        mayEdit && (
          <Button size="small" onClick={() => setAdding(!adding)}>
            {adding ? t("parts.cancel") : t("profile.addStaff")}
          </Button>
        )
      }
    >
      {adding && <Add id={person.id} onDone={() => setAdding(false)} />}
      {person.staff.length === 0 && !adding && <p className={css.none}>{t("profile.noStaff")}</p>}
      <ul className={css.list}>
        {person.staff.map((relation) => (
          <One
            key={`${relation.staff_id} ${relation.group_key}`}
            relation={relation}
            onHand={mayEdit && isConnected(person) ? () => setHanding(relation.staff_id) : undefined}
          />
        ))}
      </ul>
      {handing !== null && (
        <HandOnForm key={handing} from={handing} contact={person.id} onDone={() => setHanding(null)} />
      )}
      <Transfers contact={person.id} />
    </Card>
  );
}

/** Only a customer whom WeCom knows can be handed on there. */
const isConnected = (person: Person) => "external_userid" in person.identities;

function One({ relation, onHand }: { relation: Relation; onHand: (() => void) | undefined }) {
  const { t } = useTranslation();
  const more = [relation.team, relation.source, relation.remark && `“${relation.remark}”`];
  return (
    <li className={css.one}>
      <div>
        <b>{relation.staff_name}</b>
        <span>
          {more.filter(Boolean).join(" · ")} <DateText iso={relation.since} />
        </span>
      </div>
      <span className={css.end}>
        {onHand && relation.state === "friend" && !relation.group_key && (
          <Button
            size="small"
            type="text"
            onClick={onHand}
            aria-label={t("wecom.handNamed", { name: relation.staff_name })}
          >
            {t("wecom.hand")}
          </Button>
        )}
        <StatusPill tone={tones[relation.state] ?? "quiet"}>{t(`relation.${relation.state}`)}</StatusPill>
      </span>
    </li>
  );
}

function Add({ id, onDone }: { id: number; onDone: () => void }) {
  const { t } = useTranslation();
  const { data: staff } = useStaff();
  const relate = useRelate(id);
  const [name, setName] = useState("");
  const [state, setState] = useState("friend");
  const known = staff?.find((one) => one.name === name.trim() || one.key === name.trim());
  const submit = () => {
    const fresh = { key: name.trim(), name: name.trim() };
    relate.mutate({ staff: known ?? fresh, state }, { onSuccess: onDone });
  };
  return (
    <form
      className={css.add}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) submit();
      }}
    >
      <ProblemAlert problem={relate.error} />
      <AutoComplete
        value={name}
        onChange={setName}
        placeholder={t("profile.staffName")}
        aria-label={t("profile.staffName")}
        options={staff?.filter((one) => one.name.includes(name)).map((one) => ({ value: one.name }))}
      />
      <Select
        value={state}
        onChange={setState}
        aria-label={t("profile.relation")}
        options={STATES.map((value) => ({ value, label: t(`relation.${value}`) }))}
      />
      <Button type="primary" htmlType="submit" loading={relate.isPending} disabled={!name.trim()}>
        {t("contacts.save")}
      </Button>
    </form>
  );
}
