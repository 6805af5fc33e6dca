import { Button, Popover } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useLiftSuppression, useSuppressions } from "@/api/profile";
import { DateText } from "@/parts/DateText";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./ConsentCard.module.css";
import { SayWhy } from "./SayWhy";

/** Addresses that came back: nothing is sent to them until somebody says why they may be tried again. */
export function Suppressions({ id, mayEdit }: { id: number; mayEdit: boolean }) {
  const { t } = useTranslation();
  const { data } = useSuppressions(id);
  const lift = useLiftSuppression(id);
  const [asking, setAsking] = useState<string | null>(null);
  if (!data?.length) return <ProblemAlert problem={lift.error} />;
  return (
    <section className={css.stopped} aria-label={t("consent.stopped")}>
      <h3>{t("consent.stopped")}</h3>
      <ProblemAlert problem={lift.error} />
      <ul>
        {data.map((one) => (
          <li key={`${one.carrier}-${one.address}`}>
            <span>
              <b>{t(`carriers.${one.carrier}`)}</b> {one.address}
              <small>
                <DateText iso={one.at} /> · {one.reason}
              </small>
            </span>
            {mayEdit && (
              <Popover
                open={asking === one.carrier}
                trigger="click"
                destroyOnHidden
                onOpenChange={(open) => setAsking(open ? one.carrier : null)}
                title={t("consent.liftTitle")}
                content={
                  <SayWhy
                    needed
                    label={t("consent.liftWhy")}
                    example={t("consent.liftExample")}
                    deed={t("consent.lift")}
                    onSay={(reason) => {
                      setAsking(null);
                      lift.mutate({ carrier: one.carrier, reason });
                    }}
                  />
                }
              >
                <Button size="small" loading={lift.isPending}>
                  {t("consent.lift")}
                </Button>
              </Popover>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
