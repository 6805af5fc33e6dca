import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useReleaseTrip, useTrips, type Trip } from "@/api/guards";
import { useMay } from "@/api/session";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Guarding.module.css";
import { useTripWords } from "./tripWords";

/** What guards hold or slow down now, of one journey or of all, each with the way to let it go on. */
export function TripBanner({ journeyId }: { journeyId?: number }) {
  const { t } = useTranslation();
  const trips = useTrips("open", journeyId).data ?? [];
  const shown = trips.filter((trip) => trip.action !== "tell" || !journeyId);
  if (shown.length === 0) return null;
  return (
    <section className={`${css.trips} ${journeyId ? "" : css.boxed}`} aria-label={t("guards.trips")}>
      <ul>
        {shown.map((trip) => (
          <OpenTrip key={trip.id} trip={trip} linked={!journeyId} />
        ))}
      </ul>
    </section>
  );
}

export function OpenTrip({ trip, linked }: { trip: Trip; linked: boolean }) {
  const { t } = useTranslation();
  const say = useTripWords();
  const mayRelease = useMay("editor");
  const [asking, setAsking] = useState(false);
  return (
    <li>
      <p>
        <strong>{t(`guards.did.${trip.action}`)}</strong>{" "}
        {linked && trip.journey_id ? (
          <Link to={`/journeys/${trip.journey_id}`}>{trip.title}</Link>
        ) : (
          trip.title
        )}{" "}
        <span className={css.quiet}>{say(trip)}</span>
      </p>
      {mayRelease && (
        <Button
          size="small"
          onClick={() => setAsking(true)}
          aria-label={t("guards.resumeNamed", { name: trip.title })}
        >
          {trip.action === "tell" ? t("guards.seen") : t("guards.resume")}
        </Button>
      )}
      {asking && <ResumeDialog trip={trip} onClose={() => setAsking(false)} />}
    </li>
  );
}

function ResumeDialog({ trip, onClose }: { trip: Trip; onClose: () => void }) {
  const { t } = useTranslation();
  const release = useReleaseTrip();
  const [note, setNote] = useState("");
  const submit = () =>
    release
      .mutateAsync({ id: trip.id, note })
      .then(onClose)
      .catch(() => undefined); // the problem is shown in the dialog
  return (
    <Modal
      open
      title={t("guards.resumeAsk", { name: trip.title })}
      okText={trip.action === "tell" ? t("guards.seen") : t("guards.resume")}
      okButtonProps={{ disabled: !note.trim(), loading: release.isPending }}
      cancelText={t("guards.cancel")}
      onOk={() => void submit()}
      onCancel={onClose}
    >
      <p>{t("guards.resumeWords")}</p>
      <label>
        {t("guards.changed")}
        <Input.TextArea
          autoFocus
          rows={2}
          maxLength={500}
          value={note}
          placeholder={t("guards.changedHint")}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <ProblemAlert problem={release.error} />
    </Modal>
  );
}
