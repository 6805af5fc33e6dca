import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useEventKinds, useLiveEvents, type LiveEvent } from "@/api/events";
import { DateText } from "@/parts/DateText";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Events.module.css";

/** The last 200 events as they come, newest on top. */
export function LiveEvents() {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [paused, setPaused] = useState(false);
  const kinds = useEventKinds();
  const { data, error } = useLiveEvents(name, paused);
  const options = [
    { value: "", label: t("events.allNames") },
    ...(kinds.data ?? []).map((kind) => ({ value: kind.name, label: kind.title || kind.name })),
  ];
  return (
    <>
      <div className={css.line}>
        <Select
          className={css.filter}
          aria-label={t("events.filter")}
          value={name}
          options={options}
          showSearch={{ optionFilterProp: "label" }}
          onChange={setName}
        />
        <Button icon={<Icon name={paused ? "play" : "pause"} size={16} />} onClick={() => setPaused(!paused)}>
          {t(paused ? "events.goOn" : "events.hold")}
        </Button>
      </div>
      <ProblemAlert problem={error} />
      {data?.length === 0 && <p className={css.waiting}>{t("events.nobodyYet")}</p>}
      <ol className={css.live} aria-label={t("events.live")}>
        {data?.map((event) => (
          <Line key={event.id} event={event} />
        ))}
      </ol>
    </>
  );
}

function Line({ event }: { event: LiveEvent }) {
  const { t } = useTranslation();
  return (
    <li className={css.one}>
      <span className={css.quiet}>
        <DateText iso={event.occurred_at} />
      </span>
      <b>{event.name}</b>
      {event.contact_id !== null ? (
        <Link to={`/contacts/${event.contact_id}`}>{t("events.contact", { id: event.contact_id })}</Link>
      ) : (
        <Link to={`/groups/${event.group_id}`}>{t("events.group", { id: event.group_id })}</Link>
      )}
      <code className={css.code}>{JSON.stringify(event.properties)}</code>
    </li>
  );
}
