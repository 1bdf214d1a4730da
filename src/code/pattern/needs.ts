/**
 * What a file's text must hold so that a rule can match in it: what an index is asked before anything is parsed.
 *
 * Words and texts of a pattern stand in every match as they are. Tokens other than words are left out: some are written with spaces between,
 * and they are in nearly every file. What must not be there says nothing.
 */
import type { Goal, Pattern } from './goal.ts';
import { isWord } from './meets.ts';
import type { Rule } from './rule.ts';

export type Needs =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  /** A regular expression that matches somewhere in the text. */
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Needs[] };

const nothing: Needs = { kind: 'nothing' };

export function needsOf(rule: Rule): Needs {
  switch (rule.kind) {
    case 'pattern':
      return { kind: 'all', parts: textsOf(rule.pattern).map((text) => ({ kind: 'text', text })) };
    case 'regex':
      return { kind: 'regex', source: rule.source };
    case 'all':
    case 'any':
      return { kind: rule.kind, parts: rule.rules.map((part) => needsOf(part)) };
    case 'inside':
    case 'has':
    case 'precedes':
    case 'follows':
      return needsOf(rule.relation.rule);
    // A utility may refer to itself through a relation, and what it needs is then not known from the outside.
    default:
      return nothing;
  }
}

function textsOf({ goal, strictness }: Pattern): string[] {
  const texts = new Set<string>();
  const visit = (part: Goal): void => {
    if (part.kind === 'node') for (const child of part.children) visit(child);
    if (part.kind !== 'leaf') return;
    // Without names the words of the language may be absent from the code.
    const exact = strictness === 'cst' || strictness === 'smart';
    if (part.named || strictness === 'template' ? strictness !== 'signature' : exact && isWord(part.text))
      texts.add(part.text);
  };
  visit(goal);
  return [...texts];
}

/** Whether a text holds what is needed, as far as looking for texts tells. An index that folds case and takes pieces for the whole lets much through. */
export function mayMeet(needs: Needs, text: string): boolean {
  switch (needs.kind) {
    case 'text':
      return text.includes(needs.text);
    case 'all':
      return needs.parts.every((part) => mayMeet(part, text));
    case 'any':
      return needs.parts.some((part) => mayMeet(part, text));
    default:
      return true;
  }
}
