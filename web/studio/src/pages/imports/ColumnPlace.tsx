import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import type { ImportKind } from "@/api/imports";

import css from "./Imports.module.css";
import {
  attributeFor,
  attributeOf,
  attributePlace,
  cellTypes,
  placeKind,
  placesOf,
  valuedOf,
} from "./mapping";

interface ColumnPlaceProps {
  kind: ImportKind;
  column: string;
  place: string;
  onChange: (place: string) => void;
}

/** What one column becomes; an attribute, or a property of an event, also has a name and a type. */
export function ColumnPlace({ kind: of, column, place, onChange }: ColumnPlaceProps) {
  const { t } = useTranslation();
  const kind = placeKind(place);
  const valued = valuedOf(of);
  const { name, type } = attributeOf(place);
  return (
    <div className={css.place}>
      <Select
        aria-label={t("imports.becomesOf", { column })}
        value={kind}
        virtual={false}
        listHeight={420}
        options={placesOf(of).map((value) => ({ value, label: t(`imports.place.${value || "nothing"}`) }))}
        onChange={(chosen: string) => onChange(chosen === valued ? attributeFor(column, valued) : chosen)}
      />
      {kind === valued && (
        <>
          <Input
            aria-label={t("imports.attributeNameOf", { column })}
            value={name}
            placeholder={of === "events" ? "amount" : "city"}
            onChange={(event) => onChange(attributePlace(event.target.value, type, valued))}
          />
          <Select
            aria-label={t("imports.cellTypeOf", { column })}
            value={type}
            options={cellTypes.map((value) => ({ value, label: t(`imports.cellType.${value || "told"}`) }))}
            onChange={(chosen) => onChange(attributePlace(name, chosen, valued))}
          />
        </>
      )}
    </div>
  );
}
