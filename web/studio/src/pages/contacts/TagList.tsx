import css from "./ContactsPage.module.css";

/** The tags somebody wears; the rest counted when there are too many for one line. */
export function TagList({ tags, most = Infinity }: { tags: string[]; most?: number }) {
  if (tags.length === 0) return <span className={css.quiet}>—</span>;
  const more = tags.length - most;
  return (
    <span className={css.tags} title={tags.join(", ")}>
      {tags.slice(0, most).map((tag) => (
        <span key={tag} className={css.tag}>
          {tag}
        </span>
      ))}
      {more > 0 && <span className={css.quiet}>+{more}</span>}
    </span>
  );
}
