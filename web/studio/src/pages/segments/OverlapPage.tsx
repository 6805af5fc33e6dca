import { Button, Select, Skeleton } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";

import { useAllSegments, useOverlap, useSegmentPeople, type Overlap } from "@/api/segments";
import { AudienceTabs } from "@/pages/audience/AudienceTabs";
import { useContactColumns } from "@/pages/contacts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { EmptyState } from "@/parts/EmptyState";
import { Icon } from "@/parts/Icon";
import { Page } from "@/parts/Page";
import { PageHead } from "@/parts/PageHead";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SideSheet } from "@/parts/SideSheet";
import { useLanguage } from "@/parts/language";

import { saveImage, saveTable } from "./saving";
import css from "./Segments.module.css";
import { useSegmentOptions } from "./useSegmentOptions";
import { regionId, Venn } from "./Venn";

const MOST = 4;
const DRAWN = 3;
const WHOLE = 100;

/** How many people segments share: drawn for two or three, as a table for up to four. */
export default function OverlapPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const keys = (search.get("keys") ?? "").split(",").filter(Boolean).slice(0, MOST);
  const options = useSegmentOptions(useAllSegments().data);
  const { data, error } = useOverlap(keys);
  return (
    <Page>
      <AudienceTabs />
      <PageHead title={t("segments.overlapTitle")} lead={t("segments.overlapLead")} />
      <div className={css.pickMany}>
        <Select
          mode="multiple"
          value={keys}
          maxCount={MOST}
          options={options}
          placeholder={t("segments.overlapPick")}
          aria-label={t("segments.overlapPick")}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(chosen: string[]) =>
            setSearch(chosen.length > 0 ? { keys: chosen.join() } : {}, { replace: true })
          }
        />
      </div>
      <ProblemAlert problem={error} />
      {keys.length < 2 ? (
        <EmptyState picture="people" title={t("segments.overlapEmpty")}>
          {t("segments.overlapEmptyWords")}
        </EmptyState>
      ) : data ? (
        <Compared key={keys.join()} overlap={data} />
      ) : (
        !error && <Skeleton active />
      )}
    </Page>
  );
}

function Compared({ overlap }: { overlap: Overlap }) {
  const { t } = useTranslation();
  const drawing = useRef<SVGSVGElement>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const say = useRegionWords(overlap);
  const all = overlap.regions.reduce((sum, region) => sum + region.count, 0);
  const share = (count: number) => (all > 0 ? `${((WHOLE * count) / all).toFixed(1)}%` : "—");
  const said = overlap.regions.map((one) => `${say(one.inside)} ${one.count}`).join("; ");
  const drawn = overlap.segments.length <= DRAWN;
  const table = () =>
    saveTable("overlap", [
      [t("segments.region"), t("segments.count"), t("segments.share")],
      ...overlap.regions.map((one) => [say(one.inside), one.count, share(one.count)]),
    ]);
  return (
    <div className={css.compared}>
      <div>
        {drawn ? (
          <Venn
            overlap={overlap}
            chosen={chosen}
            onChoose={(inside) => setChosen(regionId(inside))}
            label={t("segments.drawing", { said })}
            drawing={drawing}
          />
        ) : (
          <p className={css.lead}>{t("segments.overlapFour")}</p>
        )}
        {overlap.segments.length === DRAWN && <p className={css.quiet}>{t("segments.overlapShape")}</p>}
        <div className={css.saves}>
          {drawn && (
            <Button
              icon={<Icon name="download" size={16} />}
              onClick={() => drawing.current && void saveImage("overlap", drawing.current)}
            >
              {t("segments.saveImage")}
            </Button>
          )}
          <Button icon={<Icon name="table" size={16} />} onClick={table}>
            {t("segments.saveTable")}
          </Button>
        </div>
      </div>
      <table className={css.regions}>
        <thead>
          <tr>
            <th scope="col">{t("segments.region")}</th>
            <th scope="col" className={css.end}>
              {t("segments.count")}
            </th>
            <th scope="col" className={css.end}>
              {t("segments.share")}
            </th>
          </tr>
        </thead>
        <tbody>
          {overlap.regions.map((region) => {
            const id = regionId(region.inside);
            return (
              <tr key={id} className={id === chosen ? css.regionOn : undefined}>
                <td>
                  <button type="button" className={css.regionName} onClick={() => setChosen(id)}>
                    {say(region.inside)}
                  </button>
                </td>
                <td className={`numbers ${css.end}`}>{region.count.toLocaleString("en-US")}</td>
                <td className={`numbers ${css.end}`}>{share(region.count)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {chosen !== null && (
        <RegionPeople overlap={overlap} inside={chosen.split("&")} onClose={() => setChosen(null)} />
      )}
    </div>
  );
}

function useRegionWords(overlap: Overlap): (inside: readonly string[]) => string {
  const { t } = useTranslation();
  const zh = useLanguage() === "zh";
  return (inside) => {
    const names = overlap.segments
      .filter((one) => inside.includes(one.key))
      .map((one) => (zh ? `「${one.name}」` : one.name))
      .join(zh ? "" : " & ");
    return t(inside.length === 1 ? "segments.only" : "segments.both", { names });
  };
}

interface RegionPeopleProps {
  overlap: Overlap;
  inside: string[];
  onClose: () => void;
}

function RegionPeople({ overlap, inside, onClose }: RegionPeopleProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const say = useRegionWords(overlap);
  const [first = "", ...also] = inside;
  const out = overlap.segments.map((one) => one.key).filter((key) => !inside.includes(key));
  const region = overlap.regions.find((one) => regionId(one.inside) === regionId(inside));
  const count = (region?.count ?? 0).toLocaleString("en-US");
  return (
    <SideSheet
      title={t("segments.regionPeople", { region: say(inside), count })}
      open
      onClose={onClose}
      size={620}
      mask={false}
    >
      <CursorTable
        label={say(inside)}
        list={useSegmentPeople(first, also, out)}
        columns={useContactColumns("").slice(0, 3)}
        rowKey={(contact) => contact.id}
        onOpen={(contact) => void navigate(`/contacts/${contact.id}`)}
        empty={<p className={css.quiet}>{t("segments.nobody")}</p>}
      />
    </SideSheet>
  );
}
