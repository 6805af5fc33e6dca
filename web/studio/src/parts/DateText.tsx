import { exact, fromNow, minute } from "./dates";
import { useLanguage } from "./language";

interface DateTextProps {
  iso: string | null | undefined;
  /** `relative` says "3 天前" with the exact time on hover; `minute` the other way round. */
  as?: "relative" | "minute";
}

/** A moment in the reader's own zone and language. */
export function DateText({ iso, as = "relative" }: DateTextProps) {
  useLanguage();
  if (!iso) return <span className="numbers">—</span>;
  return (
    <time className="numbers" dateTime={iso} title={as === "minute" ? fromNow(iso) : exact(iso)}>
      {as === "minute" ? minute(iso) : fromNow(iso)}
    </time>
  );
}
