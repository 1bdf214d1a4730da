/** What `show` answers: what an id stands for; also the rest of a long output. */
import { join } from 'node:path';
import type { ShowOutput } from '../../operations/show.ts';
import { harmless } from '../../paint.ts';
import { requireWithin } from '../../served/within.ts';
import { isWithin } from '../budget.ts';
import { withId } from '../printed.ts';
import type { ShowInput } from '../tools/show.ts';
import type { Answering, Call, Told } from '../types.ts';
import { isPartial, linesText, noticeText, partialNotices } from './parts.ts';

/** Shares of the budget that the source is tried with, until what stands around it fits as well. */
const shares = [0.9, 0.7, 0.5, 0.35, 0.2];

export const showAnswer: Answering<ShowInput> = (given, call) =>
  withId(given.id, (id) => answerOf({ ...given, id }, call));

async function answerOf(given: ShowInput, call: Call): Promise<Told> {
  const page = call.outputs.page(given.id, Math.floor(given.budget * 0.8));
  if (page !== null) return outputPage(given.id, page);
  for (const share of shares) {
    const told = await shown(given, Math.max(50, Math.floor(given.budget * share)), call);
    if (told.structured.kind === 'file') return outline(given, call);
    if (isWithin(told, given.budget)) return told;
  }
  return shown(given, 50, call, given.budget);
}

/** @param most tokens; past it members and imports go */
async function shown(given: ShowInput, budgetTokens: number, call: Call, most?: number): Promise<Told> {
  const { id, context } = given;
  const asked = await call.ask<ShowOutput>('show', {
    id,
    context,
    budgetTokens,
    directory: given.directory ?? call.directory,
  });
  const { root, shown: found, candidates, completeness } = asked.output;
  if (found !== null) requireWithin(join(root, found.path), root, call.roots.all());
  const told = [...partialNotices(completeness), ...asked.output.notices];
  const omitted = found?.source?.omitted ?? null;
  const next = found === null || omitted === null ? null : `${harmless(found.path)}:${linesText(omitted)}`;
  const answer = {
    id: harmless(found?.id ?? id),
    kind: found?.kind ?? found?.what ?? null,
    lines: found === null ? null : linesText(found.lines),
    source: found?.source?.text ?? null,
    members: (found?.children ?? []).map(memberOf),
    uses: [...(found?.imports ?? [])],
    candidates: candidates.map(rowOf),
    next,
    partial: isPartial(completeness),
    notices: told,
  };
  const text = `${asked.render()}${next === null ? '' : `left out: show ${JSON.stringify(next)}\n`}${noticeText(told)}`;
  if (most === undefined || isWithin({ text, structured: answer }, most)) return { text, structured: answer };
  return squeezed(answer, most);
}

/** Characters of a signature in an outline; the whole one comes with its source. */
const signatureCharacters = 80;

const cut = (text: string): string =>
  text.length <= signatureCharacters ? text : `${text.slice(0, signatureCharacters)}…`;

/** What an outline does without first: values, then what is within classes. */
const outlines: readonly ((row: { kind: string; depth: number }) => boolean)[] = [
  () => true,
  ({ kind }) => !['variable', 'field', 'constant', 'property', 'alias'].includes(kind),
  ({ kind, depth }) => depth === 0 && !['variable', 'constant', 'alias'].includes(kind),
];

/** The members of a file: all, or those that a reader needs first, as the budget allows. */
async function outline(given: ShowInput, call: Call): Promise<Told> {
  const { output } = await call.ask<ShowOutput>('show', {
    id: given.id,
    directory: given.directory ?? call.directory,
  });
  const { shown: found, completeness, root } = output;
  if (found === null) throw new Error('a file that was there is ambiguous');
  requireWithin(join(root, found.path), root, call.roots.all());
  const told = partialNotices(completeness);
  const answerOf = (members: typeof found.children, notices: readonly string[]) => ({
    text: `${[
      `${harmless(found.id)}  ${found.language}  ${linesText(found.lines)}`,
      ...members.map(
        (row) => `${'  '.repeat(row.depth + 1)}${cut(row.signature || row.name)}  ${row.kind}  ${linesText(row.lines)}`,
      ),
    ].join('\n')}\n${noticeText([...notices])}`,
    structured: {
      ...{ id: harmless(found.id), kind: 'file', lines: linesText(found.lines), source: null },
      members: members.map(memberOf),
      ...{ uses: [], candidates: [], next: null, partial: isPartial(completeness), notices: [...notices] },
    },
  });
  for (const [level, admits] of outlines.entries()) {
    const rows = found.children.filter(admits);
    const left = found.children.length - rows.length;
    const notices =
      left === 0
        ? told
        : [
            ...told,
            `${left} of ${found.children.length} rows are left out: ${level === 1 ? 'values' : 'values and members'}. Show a class for its members.`,
          ];
    const answer = answerOf(rows, notices);
    if (isWithin(answer, given.budget)) return answer;
  }
  const rows = found.children.filter(outlines.at(-1) as (typeof outlines)[number]);
  return squeezed(answerOf(rows, told).structured, given.budget);
}

/** Whatever is large goes, from its end: an outline of thousands is asked for in parts. */
function squeezed(answer: Record<string, unknown> & { members: object[]; candidates: object[] }, most: number): Told {
  let count = Math.max(answer.members.length, answer.candidates.length);
  for (;;) {
    count = Math.floor(count * 0.7);
    const left = {
      ...answer,
      source: null,
      uses: [],
      members: answer.members.slice(0, count),
      candidates: answer.candidates.slice(0, count),
      notices: ['There is more than the budget has room for; ask with a larger one, or for one of these.'],
    };
    const lines = [...left.members, ...left.candidates].map((one) => Object.values(one).join('  '));
    const told = { text: `${[answer.id, ...lines, ...left.notices].join('\n')}\n`, structured: left };
    if (count === 0 || isWithin(told, most)) return told;
  }
}

/** Its id is the path, a colon and the name: said once in the schema, and not with every row. */
const memberOf = (row: { name: string; kind: string; lines: { first: number; last: number } }) => ({
  name: row.name,
  kind: row.kind,
  lines: linesText(row.lines),
});

const rowOf = (row: { id: string; kind: string; lines: { first: number; last: number }; signature: string }) => ({
  id: harmless(row.id),
  kind: row.kind,
  lines: linesText(row.lines),
  ...(row.signature === '' ? {} : { signature: row.signature }),
});

function outputPage(id: string, { text, next }: { readonly text: string; readonly next: string | null }): Told {
  return {
    text: `${text}${next === null ? '' : `\nmore: show ${JSON.stringify(next)}\n`}`,
    structured: {
      ...{ id, kind: 'output', lines: null, source: text, members: [], uses: [], candidates: [] },
      ...{ next, partial: false, notices: [] },
    },
  };
}
