import { Button } from "antd";
import { lazy, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useTrips, type Trip } from "@/api/guards";
import { useMay } from "@/api/session";
import { WhenOpened } from "@/parts/WhenOpened";

import css from "./Guarding.module.css";
import { useTripWords } from "./tripWords";

const ResumeDialog = lazy(() => import("./ResumeDialog"));

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
      <WhenOpened open={asking}>
        {asking && <ResumeDialog trip={trip} onClose={() => setAsking(false)} />}
      </WhenOpened>
    </li>
  );
}
