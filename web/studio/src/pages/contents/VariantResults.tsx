import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";

import { useResults, useWinner, type Results } from "@/api/materials";
import { useMay } from "@/api/session";
import type { Material } from "@/api/types";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Materials.module.css";

type Rate = Results["variants"][number]["reply_rate"];
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** How the variants of this version do, and choosing one. */
export function VariantResults({ material }: { material: Material }) {
  const { t } = useTranslation();
  const mayEdit = useMay("editor");
  const { data, error } = useResults(material.id, material.version);
  const winner = useWinner(material.id);
  if (!data) return <ProblemAlert problem={error} />;
  if (data.variants.every((one) => one.sent === 0))
    return <p className={css.quiet}>{t("contents.noResults")}</p>;
  const ahead = data.better[material.choosing?.by ?? "converted"] ?? data.better.replied;
  return (
    <>
      {material.winner ? (
        <Alert
          type="success"
          showIcon
          title={t("contents.winnerNow", { key: material.winner.toUpperCase() })}
          action={
            mayEdit && (
              <Button size="small" onClick={() => winner.mutate("")}>
                {t("contents.compareAgain")}
              </Button>
            )
          }
        />
      ) : (
        <Alert
          type={ahead ? "success" : "info"}
          showIcon
          title={
            ahead
              ? t("contents.ahead", { key: ahead.toUpperCase() })
              : t("contents.notClear", { sample: data.least_sample })
          }
          action={
            ahead &&
            mayEdit && (
              <Button size="small" type="primary" onClick={() => winner.mutate(ahead)}>
                {t("contents.takeWinner", { key: ahead.toUpperCase() })}
              </Button>
            )
          }
        />
      )}
      <ProblemAlert problem={winner.error} />
      <table className={css.results}>
        <thead>
          <tr>
            <th scope="col">{t("contents.variants")}</th>
            <th scope="col">{t("contents.sent")}</th>
            <th scope="col">{t("contents.delivered")}</th>
            <th scope="col">{t("contents.replied")}</th>
            <th scope="col">{t("contents.converted")}</th>
          </tr>
        </thead>
        <tbody>
          {data.variants.map((one) => (
            <tr key={one.key}>
              <td>
                {one.key.toUpperCase()} · {one.weight}%
              </td>
              <td>{one.sent.toLocaleString()}</td>
              <td>{one.delivered.toLocaleString()}</td>
              <td>
                <RateText count={one.replied} rate={one.reply_rate} />
              </td>
              <td>
                <RateText count={one.converted} rate={one.conversion_rate} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function RateText({ count, rate }: { count: number; rate: Rate }) {
  const { t } = useTranslation();
  if (rate.share === null || rate.share === undefined) return <>—</>;
  return (
    <>
      {percent(rate.share)} ({count.toLocaleString()})
      <small>{t("contents.interval", { least: percent(rate.least), most: percent(rate.most) })}</small>
    </>
  );
}
