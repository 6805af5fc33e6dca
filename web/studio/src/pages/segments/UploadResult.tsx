import { Button } from "antd";
import { useTranslation } from "react-i18next";

import type { Uploaded } from "@/api/segments";
import { Icon } from "@/parts/Icon";

import { saveTable } from "./saving";
import css from "./Segments.module.css";

/** What became of an uploaded file, with the rows that named nobody. */
export function UploadResult({ done }: { done: Uploaded }) {
  const { t } = useTranslation();
  const titles = [t("segments.row"), t("segments.cell"), t("segments.why")];
  return (
    <div role="status">
      <p>
        <b>{t("segments.uploaded", { added: done.added, already: done.already })}</b>{" "}
        <span className={css.quiet}>
          {t("segments.uploadedBy", { column: done.column, rows: done.rows })}
        </span>
      </p>
      {done.failed > 0 && (
        <>
          <p className={css.bad}>
            {t("segments.failedRows", { count: done.failed })}
            {done.errors.length < done.failed && t("segments.failedMore", { most: done.errors.length })}
          </p>
          <div className={css.errors}>
            <table>
              <thead>
                <tr>
                  {titles.map((title) => (
                    <th key={title} scope="col">
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {done.errors.map((one) => (
                  <tr key={one.row}>
                    <td className="numbers">{one.row}</td>
                    <td>{one.cell || "—"}</td>
                    <td>{one.message}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <Button
            icon={<Icon name="download" size={16} />}
            onClick={() =>
              saveTable("errors", [titles, ...done.errors.map((one) => [one.row, one.cell, one.message])])
            }
          >
            {t("segments.downloadErrors")}
          </Button>
        </>
      )}
    </div>
  );
}
