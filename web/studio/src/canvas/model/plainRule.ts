/** A rule without what an editor adds to it. */
import type { Rule, RuleLeaf } from "./definition";
import { isGroup } from "./words/rule";

/** As it is stored: no ids, nothing of the editor's own. */
export function plainRule(group: Rule): Rule {
  const rules = group.rules.map((part): Rule | RuleLeaf => {
    if (isGroup(part)) return plainRule(part);
    const leaf: RuleLeaf = { field: part.field, operator: part.operator, value: part.value };
    if (part.within) leaf.within = part.within;
    if (part.after && part.field.includes(".without.")) leaf.after = part.after;
    if (part.where) leaf.where = part.where;
    return leaf;
  });
  return group.not
    ? { combinator: group.combinator, not: true, rules }
    : { combinator: group.combinator, rules };
}
