import { useTranslation } from "react-i18next";

import type { ImportPreview } from "@/api/types";

import css from "./Imports.module.css";

/** The beginning of a file whose lines say themselves what they mean. */
export function FirstLines({ preview }: { preview: ImportPreview }) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t("imports.linesSpeak")}</p>
      <div className={css.lines} role="region" aria-label={t("imports.beginning")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {preview.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row, number) => (
              <tr key={number}>
                {row.map((cell, at) => (
                  <td key={preview.columns[at]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
