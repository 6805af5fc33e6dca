import { Button, Input, Skeleton, Switch } from "antd";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import {
  useDescribeEvent,
  useDismissWarning,
  useEventKind,
  type EventDetail,
  type EventWarning,
} from "@/api/events";
import { useMay } from "@/api/session";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { SideSheet } from "@/parts/SideSheet";
import { useListed } from "@/parts/language";

import css from "./Events.module.css";

/** One event: its title, its properties with examples, what looks wrong, and who listens. */
export function EventPanel({ name, onClose }: { name: string | null; onClose: () => void }) {
  const { data, error } = useEventKind(name);
  return (
    <SideSheet open={name !== null} onClose={onClose} title={data?.called ?? name} size={520}>
      {error && <ProblemAlert problem={error} />}
      {!data && !error && <Skeleton active />}
      {data && <Inside key={data.name} of={data} />}
    </SideSheet>
  );
}

function Inside({ of }: { of: EventDetail }) {
  const { t } = useTranslation();
  const listed = useListed();
  const id = useId();
  const mayEdit = useMay("editor");
  const describe = useDescribeEvent(of.name);
  return (
    <div className={css.form}>
      <ProblemAlert problem={describe.error} />
      <label htmlFor={`${id}-title`}>{t("events.displayName")}</label>
      <Input
        id={`${id}-title`}
        defaultValue={of.title}
        disabled={!mayEdit}
        placeholder={of.called}
        onBlur={(event) => {
          const title = event.target.value.trim();
          if (title !== of.title) describe.mutate({ title });
        }}
      />
      <div className={css.line}>
        <Switch
          id={`${id}-own`}
          checked={of.own_doing}
          disabled={!mayEdit}
          aria-label={t("events.ownDoing")}
          onChange={(own_doing) => describe.mutate({ own_doing })}
        />
        <label htmlFor={`${id}-own`}>{t("events.ownDoing")}</label>
      </div>
      <p className={css.quiet}>{t("events.ownDoingHelp")}</p>
      {of.findings.length > 0 && (
        <>
          <h3>{t("events.looksWrong")}</h3>
          <ul className={css.findings}>
            {of.findings.map((one) => (
              <Finding key={one.code + one.property} one={one} mayEdit={mayEdit} />
            ))}
          </ul>
        </>
      )}
      <h3>{t("events.properties")}</h3>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t("events.properties")}</th>
            <th scope="col">{t("events.type")}</th>
            <th scope="col">{t("events.examples")}</th>
          </tr>
        </thead>
        <tbody>
          {of.details.map((one) => (
            <tr key={one.name}>
              <td>
                <code>{one.name}</code>
              </td>
              <td>{t(`events.types.${one.type}`)}</td>
              <td className={css.quiet}>{listed(one.examples.map(shown))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{t("events.usedBy")}</h3>
      {of.used_by.length === 0 && <p className={css.quiet}>{t("events.usedByNone")}</p>}
      <ul>
        {of.used_by.map((one) => (
          <li key={one.journey_id}>
            <Link to={`/journeys/${one.journey_id}`}>{one.name}</Link>
            {!one.live && <span className={css.quiet}> · {t("events.draft")}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Finding({ one, mayEdit }: { one: EventWarning; mayEdit: boolean }) {
  const { t } = useTranslation();
  const dismiss = useDismissWarning();
  const detail = one.detail as Record<string, string>;
  const type = (kind: string | undefined) => (kind ? t(`events.types.${kind}`) : "");
  return (
    <li className={css.finding}>
      <span>
        {t(`events.finding.${one.code}`, {
          ...detail,
          property: one.property,
          was: type(detail.was),
          is: type(detail.is),
        })}
        {one.count > 1 && <span className={css.quiet}> {t("events.times", { count: one.count })}</span>}
      </span>
      {mayEdit && one.id !== null && (
        <Button size="small" onClick={() => one.id !== null && dismiss.mutate(one.id)}>
          {t("events.itIsFine")}
        </Button>
      )}
    </li>
  );
}

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
