import type { Combine, RuleTree } from "@/api/segments";

/** Whether a combination includes anybody. */
export const isCombined = (combine: Combine): boolean =>
  (combine.all?.length ?? 0) + (combine.any?.length ?? 0) > 0;

/** A combination as the rule that the server keeps it by, so that it can be counted before it is stored. */
export function treeOf(combine: Combine): RuleTree {
  const rules: object[] = (combine.all ?? []).map((key) => ({
    field: "segments",
    operator: "has",
    value: key,
  }));
  if (combine.any?.length) rules.push({ field: "segments", operator: "hasAny", value: combine.any });
  if (combine.none?.length) rules.push({ field: "segments", operator: "hasNone", value: combine.none });
  return { combinator: "and", rules };
}
