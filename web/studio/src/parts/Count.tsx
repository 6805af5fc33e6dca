/** A number with thousands separators, in figures of one width. */
export function Count({ of }: { of: number }) {
  return <span className="numbers">{of.toLocaleString("en-US")}</span>;
}
