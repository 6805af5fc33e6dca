import { useTranslation } from "react-i18next";
import { Link } from "react-router";

import { useTemplates } from "@/api/templates";
import type { TemplateCard as Card } from "@/api/types";
import { Bones } from "@/parts/Bones";
import { EmptyState } from "@/parts/EmptyState";
import { useWords } from "@/parts/language";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StageStrip } from "@/parts/StageStrip";

import { CloneButton } from "./CloneButton";
import css from "./TemplateShelf.module.css";

/** All templates as cards: what for, which stages, and the button that clones. */
export function TemplateShelf() {
  const { t } = useTranslation();
  const { data, error, refetch } = useTemplates();
  if (error) return <ProblemAlert problem={error} onRetry={() => void refetch()} />;
  if (!data) return <ShelfSkeleton />;
  if (data.length === 0) return <EmptyState title={t("templates.none")} picture="cards" />;
  return (
    <ul className={css.shelf}>
      {data.map((card) => (
        <li key={card.slug}>
          <TemplateCard card={card} />
        </li>
      ))}
    </ul>
  );
}

function TemplateCard({ card }: { card: Card }) {
  const { t } = useTranslation();
  const words = useWords();
  const name = words(card.name);
  return (
    <article className={css.card} aria-label={name}>
      {card.industry && <div className={css.industry}>{words(card.industry)}</div>}
      <h2 className={css.name}>{name}</h2>
      <p className={css.summary}>{words(card.summary)}</p>
      <StageStrip
        names={card.stages.map((stage) => words(stage.name))}
        label={t("templates.stagesOf", { name })}
      />
      <footer className={css.foot}>
        <CloneButton slug={card.slug} name={name} />
        <Link to={`/templates/${card.slug}`}>
          {t("templates.read")}
          <span className="visually-hidden"> · {name}</span>
        </Link>
      </footer>
    </article>
  );
}

function ShelfSkeleton() {
  return (
    <div className={css.shelf} aria-busy="true">
      {[0, 1, 2].map((place) => (
        <div key={place} className={css.card}>
          <Bones heading="40%" rows={4} />
        </div>
      ))}
    </div>
  );
}
