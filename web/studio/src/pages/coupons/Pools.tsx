import { Button, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { usePools, type Pool } from "@/api/rewards";
import { useMay } from "@/api/session";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { ProblemAlert } from "@/parts/ProblemAlert";

import { PoolCard } from "./PoolCard";
import { PoolPanel } from "./PoolPanel";
import css from "./Rewards.module.css";

/** Every pool as a card: what it is worth, how many are out, used and left. */
export function Pools() {
  const { t } = useTranslation();
  const { data, error, refetch } = usePools();
  const mayEdit = useMay("editor");
  const [opened, setOpened] = useState<Pool | "new" | null>(null);
  const make = mayEdit && (
    <Button type="primary" icon={<Icon name="plus" size={16} />} onClick={() => setOpened("new")}>
      {t("rewards.newPool")}
    </Button>
  );
  if (error) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton active paragraph={{ rows: 6 }} />;
  return (
    <>
      {data.length === 0 ? (
        <EmptyState picture="cards" title={t("rewards.noPools")} action={make}>
          {t("rewards.poolsTeach")}
        </EmptyState>
      ) : (
        <>
          <div className={css.tools}>{make}</div>
          <div className={css.cards}>
            {data.map((pool) => (
              <PoolCard key={pool.key} pool={pool} onEdit={mayEdit ? () => setOpened(pool) : undefined} />
            ))}
          </div>
        </>
      )}
      <PoolPanel opened={opened} onClose={() => setOpened(null)} />
    </>
  );
}
