import { Progress } from "antd";
import { useTranslation } from "react-i18next";

const WHOLE = 100;

/** How far the first look at everybody has come. */
export function Filling({ progress }: { progress: number }) {
  const { t } = useTranslation();
  const percent = Math.floor(progress * WHOLE);
  return (
    <span title={t("segments.filling", { percent })}>
      <Progress
        percent={percent}
        size="small"
        showInfo={false}
        aria-label={t("segments.filling", { percent })}
      />
    </span>
  );
}
