import { Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";

import { useContent } from "@/api/contents";
import { Icon } from "@/parts/Icon";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { ProblemAlert } from "@/parts/ProblemAlert";

import css from "./Contents.module.css";
import { Beyond, SaidNow } from "./Beyond";
import { ContentDesk } from "./ContentDesk";

/** One text being written, with the phone beside it. */
export default function ContentPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const known = id === "new" ? null : Number(id);
  const { data: material, error, refetch } = useContent(known);
  // Going back to an older version puts its words into the form.
  const [restored, setRestored] = useState(0);
  const title = known === null ? t("contents.new") : (material?.name ?? t("shell.loading"));
  return (
    <Page>
      <Link to="/contents" className={css.back}>
        <Icon name="back" size={16} />
        {t("contents.title")}
      </Link>
      <PageHead title={title} />
      <ProblemAlert problem={error} onRetry={() => void refetch()} />
      <SaidNow material={material} />
      {(known === null || material) && <ContentDesk key={`${id} ${restored}`} material={material ?? null} />}
      {material && <Beyond material={material} onRestored={() => setRestored(restored + 1)} />}
      {known !== null && !material && !error && <Skeleton active paragraph={{ rows: 8 }} />}
    </Page>
  );
}
