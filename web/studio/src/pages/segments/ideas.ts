import type { RuleTree } from "@/api/segments";

export type Idea = "quiet" | "browsing" | "due";

const all = (...rules: object[]): RuleTree => ({ combinator: "and", rules });
const times = (event: string, operator: string, value: number, within?: string) => ({
  field: `history.${event}.count`,
  operator,
  value,
  ...(within ? { within } : {}),
});

/** Segments to begin with, of the events and attributes that the industry templates speak of. */
export const ideas: Record<Idea, RuleTree> = {
  quiet: all(times("order_paid", ">=", 1), times("order_paid", "=", 0, "P30D")),
  browsing: all(times("product_viewed", ">=", 3, "P14D"), times("order_paid", "=", 0, "P14D")),
  due: all({ field: "until.due_date", operator: "between", value: [0, 60] }),
};

export const isIdea = (name: string | null): name is Idea => name !== null && name in ideas;
