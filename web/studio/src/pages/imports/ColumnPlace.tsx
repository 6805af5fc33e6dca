import { Input, Select } from "antd";
import { useTranslation } from "react-i18next";

import css from "./Imports.module.css";
import {
  ATTRIBUTE,
  attributeFor,
  attributeOf,
  attributePlace,
  cellTypes,
  placeKind,
  places,
} from "./mapping";

interface ColumnPlaceProps {
  column: string;
  place: string;
  onChange: (place: string) => void;
}

/** What one column becomes; an attribute also has a name and a type. */
export function ColumnPlace({ column, place, onChange }: ColumnPlaceProps) {
  const { t } = useTranslation();
  const kind = placeKind(place);
  const { name, type } = attributeOf(place);
  return (
    <div className={css.place}>
      <Select
        aria-label={t("imports.becomesOf", { column })}
        value={kind}
        options={places.map((value) => ({ value, label: t(`imports.place.${value || "nothing"}`) }))}
        onChange={(chosen) => onChange(chosen === ATTRIBUTE ? attributeFor(column) : chosen)}
      />
      {kind === ATTRIBUTE && (
        <>
          <Input
            aria-label={t("imports.attributeNameOf", { column })}
            value={name}
            placeholder="city"
            onChange={(event) => onChange(attributePlace(event.target.value, type))}
          />
          <Select
            aria-label={t("imports.cellTypeOf", { column })}
            value={type}
            options={cellTypes.map((value) => ({ value, label: t(`imports.cellType.${value || "told"}`) }))}
            onChange={(chosen) => onChange(attributePlace(name, chosen))}
          />
        </>
      )}
    </div>
  );
}
