/**
 * Calls and names among the tokens of a macro's arguments.
 *
 * To the grammar they are words, marks and brackets: `a.b(c)?.d` is put together again from the text between them, as far as names,
 * dots, paths and calls go. What a macro makes of it is not known, so only what reads like an expression counts.
 */
import type { LinkBuilder } from './builder.ts';
import type { LinkRule } from './language.ts';
import { nameAt, ownOf } from './rust-notes.ts';
import { unwrapped } from './rust-values.ts';

const words = new Set(['identifier', 'self', 'super', 'crate']);

/** What is being put together. */
interface Chain {
  value: number;
  /** Node of its last name, when it has not been used yet. */
  last: number;
  end: number;
  plain: boolean;
}

export const tokenTree: LinkRule = (links, node) => {
  const { tree, text } = links;
  let chain: Chain | null = null;
  for (const token of tree.namedChildren(node)) {
    const between: string = chain === null ? '' : text.slice(chain.end, tree.start(token)).replaceAll(/\s+/g, '');
    const kind = tree.kind(token);
    if (words.has(kind)) {
      const joins: boolean = chain !== null && (between === '.' || between === '::' || between === '?.');
      if (!joins) finish(links, chain);
      chain = joins && chain !== null ? joined(links, chain, token, between) : begun(links, token);
    } else if (kind === 'token_tree' && chain !== null && between === '' && text[tree.start(token)] === '(') {
      if (chain.last >= 0) links.use('call', chain.last, chain.value);
      chain = { value: links.expressions.call(chain.value), last: -1, end: tree.end(token), plain: false };
    } else if (kind === 'token_tree' && chain !== null && between === '!') {
      const name = chain.last < 0 ? '' : tree.textOf(chain.last);
      if (chain.plain && name !== '') links.use('call', chain.last, links.name(`${name}!`));
      links.markUsed(chain.last);
      chain = null;
    } else {
      finish(links, chain);
      chain = null;
    }
  }
  finish(links, chain);
};

function begun(links: LinkBuilder, token: number): Chain {
  const { tree } = links;
  const written = tree.textOf(token);
  const kind = tree.kind(token);
  const next = links.text[tree.end(token)];
  const own = kind === 'self' && next !== ':' ? (ownOf(links)?.value ?? -1) : -1;
  const value =
    own >= 0 ? own : written === 'Self' ? (ownOf(links)?.type ?? -1) : links.name(nameAt(links, written, token));
  return { value, last: kind === 'identifier' && written !== 'Self' ? token : -1, end: tree.end(token), plain: true };
}

function joined(links: LinkBuilder, chain: Chain, token: number, mark: string): Chain {
  const { tree, expressions } = links;
  links.markUsed(chain.last);
  const object = mark === '?.' ? unwrapped(links, chain.value) : chain.value;
  return { value: expressions.member(object, tree.textOf(token)), last: token, end: tree.end(token), plain: false };
}

/** What was put together and not called is read. */
function finish(links: LinkBuilder, chain: Chain | null): void {
  if (chain === null || chain.last < 0) return;
  const name = links.tree.textOf(chain.last);
  if (chain.plain && nameAt(links, name, chain.last) === name) links.read(chain.last);
  else if (chain.plain) links.markUsed(chain.last);
  else links.use('use', chain.last, chain.value);
}
