import { Button, Select, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useEventKinds, useLiveEvents, type LiveEvent } from "@/api/events";
import { useMay } from "@/api/session";
import { ContactPicker } from "@/parts/ContactPicker";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Events.module.css";

/** The last 200 events as they come, newest on top; of one name or one customer if asked. */
export function LiveEvents() {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [contact, setContact] = useState<number>();
  const [paused, setPaused] = useState(false);
  const kinds = useEventKinds();
  const whole = useMay("editor");
  const { data, error, refetch } = useLiveEvents(name, contact, paused);
  const titles = new Map(kinds.data?.map((kind) => [kind.name, kind.called]));
  const options = [
    { value: "", label: t("events.allNames") },
    ...(kinds.data ?? []).map((kind) => ({ value: kind.name, label: kind.called })),
  ];
  return (
    <>
      <div className={css.filters}>
        <Select
          className={css.filter}
          aria-label={t("events.filter")}
          value={name}
          options={options}
          showSearch={{ optionFilterProp: "label" }}
          onChange={setName}
        />
        <ContactPicker
          className={css.filter}
          label={t("events.filterContact")}
          clearable
          onPick={setContact}
        />
        <Button icon={<Icon name={paused ? "play" : "pause"} size={16} />} onClick={() => setPaused(!paused)}>
          {t(paused ? "events.goOn" : "events.hold")}
        </Button>
        <span className={css.quiet} role="status">
          {t(paused ? "events.standing" : "events.listening")}
        </span>
      </div>
      {!whole && <p className={css.quiet}>{t("events.covered")}</p>}
      {error && <ProblemAlert problem={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton active />}
      {data?.length === 0 && <Nothing filtered={name !== "" || contact !== undefined} />}
      {data && data.length > 0 && (
        <ol className={css.live} aria-label={t("events.live")}>
          {data.map((event) => (
            <Line key={event.id} event={event} title={titles.get(event.name) || event.name} />
          ))}
        </ol>
      )}
    </>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation();
  const maySend = useMay("editor");
  if (filtered)
    return <EmptyState title={t("events.noneOfThese")}>{t("events.noneOfTheseWords")}</EmptyState>;
  return (
    <EmptyState
      title={t("events.nobodyYet")}
      picture="letters"
      action={
        maySend && (
          <LinkButton type="primary" to="/events/send">
            {t("events.send")}
          </LinkButton>
        )
      }
    >
      {t("events.nobodyYetWords")}
    </EmptyState>
  );
}

function Line({ event, title }: { event: LiveEvent; title: string }) {
  const { t } = useTranslation();
  const person = event.contact_id !== null;
  const called =
    event.who || t(person ? "events.contact" : "events.group", { id: event.contact_id ?? event.group_id });
  return (
    <li className={css.one}>
      <span className={css.quiet}>
        <DateText iso={event.occurred_at} />
      </span>
      <b title={event.name}>{title}</b>
      <Link to={person ? `/contacts/${event.contact_id}` : `/groups/${event.group_id}`}>{called}</Link>
      <Said properties={event.properties} />
    </li>
  );
}

/** What an event says, as pairs of name and value. */
function Said({ properties }: { properties: Record<string, unknown> }) {
  return (
    <dl className={css.said}>
      {Object.entries(properties).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
