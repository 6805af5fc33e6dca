import { App, Button, Skeleton, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import {
  useDeleteGuard,
  useGuards,
  useSaveGuard,
  useStop,
  useTrips,
  type Guard,
  type GuardRule,
  type OfferedGuard,
  type Trip,
} from "@/api/guards";
import { useMay } from "@/api/session";
import { DateText } from "@/parts/DateText";
import { EmptyState } from "@/parts/EmptyState";
import StopDialog from "@/parts/guarding/StopDialog";
import { OpenTrip } from "@/parts/guarding/TripBanner";
import { useTripWords } from "@/parts/guarding/tripWords";
import { Icon } from "@/parts/Icon";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useActor } from "@/parts/useActor";

import { GuardPanel } from "./GuardPanel";
import css from "./Guards.module.css";

interface Open {
  id: number | null;
  name: string;
  rule: GuardRule;
}

/** What watches how people take our messages: the rules, what they have done, and the button that stops everything. */
export function GuardsPart() {
  const { t } = useTranslation();
  const guards = useGuards();
  const isOwner = useMay("owner");
  const [open, setOpen] = useState<Open | null>(null);
  if (guards.error) return <ProblemAlert problem={guards.error} onRetry={() => void guards.refetch()} />;
  if (!guards.data) return <Skeleton active />;
  const { items, offered } = guards.data;
  return (
    <>
      <p className={css.lead}>{t("guards.lead")}</p>
      <StopSheet />
      <Standing />
      <section className={css.sheet} aria-labelledby="guards-list">
        <h2 id="guards-list">{t("guards.list")}</h2>
        {items.length === 0 && (
          <EmptyState picture="cards" title={t("guards.none")}>
            {t("guards.noneWords")}
          </EmptyState>
        )}
        <ul className={css.cards}>
          {items.map((guard) => (
            <GuardCard key={guard.id} guard={guard} onEdit={isOwner ? () => setOpen(guard) : undefined} />
          ))}
        </ul>
        {isOwner && <Offered offered={offered} known={items} onChoose={setOpen} />}
      </section>
      <History />
      {open && <GuardPanel {...open} onClose={() => setOpen(null)} />}
    </>
  );
}

function StopSheet() {
  const { t } = useTranslation();
  const stop = useStop().data;
  const isOwner = useMay("owner");
  const [asking, setAsking] = useState(false);
  if (!stop) return null;
  return (
    <section className={css.sheet} aria-labelledby="guards-stop">
      <div className={css.head}>
        <h2 id="guards-stop">{t("guards.stopTitle")}</h2>
        {isOwner && stop.state !== "stopped" && (
          <Button danger onClick={() => setAsking(true)}>
            {t("guards.stop")}
          </Button>
        )}
      </div>
      <p className={css.quiet}>{t(`guards.state.${stop.state}`)}</p>
      {stop.history.length > 0 && (
        <ol className={css.history}>
          {stop.history.slice(0, 5).map((one) => (
            <li key={one.since}>
              <DateText iso={one.since} as="minute" /> – <DateText iso={one.until} as="minute" />{" "}
              <span>{t("guards.pastStop", { name: one.by, reason: one.reason })}</span>
              {one.note && <span className={css.quiet}> {t("guards.pastNote", { note: one.note })}</span>}
            </li>
          ))}
        </ol>
      )}
      {asking && <StopDialog onClose={() => setAsking(false)} />}
    </section>
  );
}

function Standing() {
  const { t } = useTranslation();
  const trips = useTrips("open").data ?? [];
  if (trips.length === 0) return null;
  return (
    <section className={css.standing} aria-labelledby="guards-standing">
      <h2 id="guards-standing">{t("guards.trips")}</h2>
      <ul>
        {trips.map((trip) => (
          <OpenTrip key={trip.id} trip={trip} linked />
        ))}
      </ul>
    </section>
  );
}

function GuardCard({ guard, onEdit }: { guard: Guard; onEdit: (() => void) | undefined }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const save = useSaveGuard(guard.id);
  const remove = useDeleteGuard(guard.id);
  const ask = () =>
    modal.confirm({
      title: t("guards.removeAsk", { name: guard.name }),
      content: t("guards.removeWords"),
      okText: t("guards.remove"),
      okButtonProps: { danger: true },
      onOk: () => remove.mutateAsync(),
    });
  return (
    <li className={css.card} aria-label={guard.name}>
      <div>
        <h3>{guard.name}</h3>
        <RuleWords rule={guard.rule} />
        <p className={css.quiet}>
          {t("guards.times", { count: guard.tripped })}
          {guard.last_trip && (
            <>
              {" · "}
              <DateText iso={guard.last_trip} />
            </>
          )}
        </p>
      </div>
      <div className={css.acts}>
        <Switch
          checked={guard.state === "on"}
          disabled={!onEdit}
          loading={save.isPending}
          onChange={(on) => save.mutate({ state: on ? "on" : "off" })}
          aria-label={t("guards.onNamed", { name: guard.name })}
        />
        {onEdit && (
          <Button type="text" onClick={onEdit}>
            {t("guards.edit")}
          </Button>
        )}
        {onEdit && (
          <Button type="text" danger onClick={ask}>
            {t("guards.remove")}
          </Button>
        )}
      </div>
    </li>
  );
}

export function RuleWords({ rule }: { rule: GuardRule }) {
  const { t } = useTranslation();
  const said = { ...rule, factor: Math.round(rule.factor * 100) };
  return (
    <p>
      {t(`guards.rule.${rule.measure}`, said)} {t(`guards.rulePer.${rule.per}`, said)}{" "}
      <strong>{t(`guards.ruleAction.${rule.action}`, said)}</strong>
    </p>
  );
}

function Offered({
  offered,
  known,
  onChoose,
}: {
  offered: OfferedGuard[];
  known: Guard[];
  onChoose: (open: Open) => void;
}) {
  const { t } = useTranslation();
  const words = useWords();
  const same = (one: OfferedGuard) =>
    known.some(
      ({ rule }) =>
        rule.measure === one.rule.measure && rule.per === one.rule.per && rule.action === one.rule.action,
    );
  return (
    <div className={css.offered} role="group" aria-label={t("guards.offered")}>
      <span className={css.quiet}>{t("guards.offered")}</span>
      {offered
        .filter((one) => !same(one))
        .map((one) => (
          <Button
            key={one.key}
            size="small"
            icon={<Icon name="plus" size={14} />}
            onClick={() => onChoose({ id: null, name: words(one.name), rule: one.rule })}
          >
            {words(one.name)}
          </Button>
        ))}
      {offered[0] && (
        <Button
          size="small"
          type="text"
          onClick={() => onChoose({ id: null, name: t("guards.new"), rule: offered[0]!.rule })}
        >
          {t("guards.own")}
        </Button>
      )}
    </div>
  );
}

function History() {
  const { t } = useTranslation();
  const say = useTripWords();
  const who = useActor();
  const past = (useTrips().data ?? []).filter((trip: Trip) => trip.until !== null);
  if (past.length === 0) return null;
  return (
    <section className={css.sheet} aria-labelledby="guards-past">
      <h2 id="guards-past">{t("guards.past")}</h2>
      <ol className={css.history}>
        {past.map((trip) => (
          <li key={trip.id}>
            <DateText iso={trip.at} as="minute" /> <strong>{t(`guards.did.${trip.action}`)}</strong>{" "}
            {trip.title} <span className={css.quiet}>{say(trip)}</span>{" "}
            <span>
              {trip.released_by === "guard"
                ? t("guards.calm")
                : t("guards.releasedBy", { name: who(trip.released_by) })}
              {trip.note && <q>{trip.note}</q>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
