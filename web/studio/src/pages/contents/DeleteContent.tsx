import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";

import { useDeleteContent } from "@/api/contents";
import { ApiProblem } from "@/api/problem";
import type { Material } from "@/api/types";

/** Refused by the server while a journey still says it; the refusal names that journey. */
export function DeleteContent({ material }: { material: Material }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { modal, message } = App.useApp();
  const remove = useDeleteContent();
  const run = async () => {
    try {
      await remove.mutateAsync(material.id);
      await navigate("/contents");
    } catch (problem) {
      void message.error(problem instanceof ApiProblem ? problem.message : t("parts.unreachable"));
    }
  };
  const ask = () =>
    modal.confirm({
      title: t("contents.deleteAsk", { name: material.name }),
      content: t("contents.deleteWords"),
      okText: t("contents.delete"),
      okButtonProps: { danger: true },
      onOk: run,
    });
  return (
    <Button danger type="text" onClick={ask}>
      {t("contents.delete")}
    </Button>
  );
}
