/**
 * Why something was located, in words and as a tree of numbers.
 *
 * A score is a sum of weight × feature. Features of one signal are added up; the signals that add most, and have
 * something to say, become the reasons.
 */
import type { Explanation } from '../types.ts';
import type { Reason } from './answer.ts';
import { type Evidence, signalGroupNames, signalGroups } from './evidence.ts';

/** `%` is replaced by the signal's note. Signals without a line here explain nothing to a person. */
const sentences: Readonly<Record<string, string>> = {
  pathMention: 'the issue names %',
  moduleMention: 'the issue names the module %',
  testMention: 'the issue names its test',
  frame: 'in the stack trace: %',
  frameInner: 'the innermost frame of the stack trace',
  line: 'the issue names a line of it',
  ran: 'the issue’s code runs it: %',
  ranFrame: 'the issue’s code fails in or below it',
  literal: 'has a string with words of the issue: %',
  namesProse: 'defines %, named in the issue',
  namesCode: 'defines %, used in the issue’s code',
  inClass: 'its class is named in the issue',
  bases: 'what the issue names inherits from %',
  convention: 'handles what the issue names, by its name: %',
  basename: 'its file name is in the issue: %',
  historyMax: 'changed by a commit with like words: %',
  testName: 'tested by %, which speaks of the same',
  testCalls: 'called by %, which speaks of the same',
  callee: 'called by %',
  caller: 'calls %',
  imported: 'imported by %',
  recent60: 'changed lately',
  meaning: 'speaks of the same, in other words',
  phrases: 'holds side by side, as the issue does: %',
  pastLines: 'holds lines of a commit with like words: %',
  recentLines: 'its lines were changed lately: %',
};

const aliases: Readonly<Record<string, string>> = {
  namesProseMax: 'namesProse',
  namesCodeMax: 'namesCode',
  meaningTop: 'meaning',
  meaningMax: 'meaning',
  meaningTitle: 'meaning',
  historySum: 'historyMax',
  historyProfile: 'historyMax',
  testCallsSum: 'testCalls',
  calleeSum: 'callee',
  recent365: 'recent60',
  phrasesTitle: 'phrases',
  ranLast: 'ran',
  ranRare: 'ran',
};

/** Signals of the words in the text itself. */
const words: ReadonlySet<string> = new Set([
  'textTop',
  'textMax',
  'textFile',
  'proseTop',
  'codeTop',
  'titleTop',
  'titleMax',
  'text',
  'title',
  'prose',
  'code',
  'errors',
  'errorTop',
  'name',
  'nameTitle',
  'path',
  'pathTitle',
]);

const mostReasons = 4;
/** A signal that adds less than this share of the best is no reason. */
const leastShare = 0.05;

/**
 * @param at how notes name the place: `file N` or a symbol's key
 * @param held words of the issue that it holds, for the signal of words
 */
export function reasonsFor(
  contributions: ReadonlyMap<string, number>,
  evidence: Evidence,
  at: string,
  held: readonly string[],
): Reason[] {
  const bySignal = new Map<string, number>();
  for (const [column, value] of contributions) {
    const signal = signalOf(column);
    const known = words.has(signal) ? 'words' : (aliases[signal] ?? signal);
    bySignal.set(known, (bySignal.get(known) ?? 0) + value);
  }
  const best = Math.max(0, ...bySignal.values());
  const reasons: Reason[] = [];
  for (const [signal, value] of [...bySignal].sort((a, b) => b[1] - a[1])) {
    if (reasons.length >= mostReasons || value <= best * leastShare) break;
    const text =
      signal === 'words' ? (held.length === 0 ? null : `holds ${held.join(', ')}`) : sentence(signal, evidence, at);
    if (text !== null) reasons.push({ signal, text });
  }
  return reasons;
}

const signalOf = (column: string): string =>
  column.replace(/ (?:share|rank|sharp|within|within, by file|by file)$/, '');

function sentence(signal: string, evidence: Evidence, at: string): string | null {
  const pattern = sentences[signal];
  if (pattern === undefined) return null;
  const note = evidence.noteOf(signal, at);
  if (!pattern.includes('%')) return pattern;
  return note === null ? null : pattern.replace('%', () => shortened(note));
}

const longestNote = 100;

function shortened(note: string): string {
  const line = note.replace(/\s+/g, ' ').trim();
  return line.length <= longestNote ? line : `${line.slice(0, longestNote - 1)}…`;
}

/** The sum behind a score: groups of signals, then signals. */
export function explanationOf(contributions: ReadonlyMap<string, number>, extra: readonly Explanation[]): Explanation {
  const left = new Map(contributions);
  const children: Explanation[] = [];
  for (const group of signalGroupNames) {
    const members = (signalGroups[group] as readonly string[]).flatMap((signal) =>
      [...left].filter(([column]) => signalOf(column) === signal),
    );
    for (const [column] of members) left.delete(column);
    addGroup(children, group, members);
  }
  addGroup(children, 'file', [...left]);
  children.push(...extra);
  children.sort((a, b) => b.value - a.value);
  return { label: 'sum of signals', value: sumOf(children.map(({ value }) => value)), children };
}

function addGroup(children: Explanation[], label: string, members: readonly (readonly [string, number])[]): void {
  const shown = members.filter(([, value]) => value !== 0);
  if (shown.length === 0) return;
  const leaves = shown
    .map(([column, value]) => ({ label: column, value, children: [] }))
    .sort((a, b) => b.value - a.value);
  children.push({ label, value: sumOf(leaves.map(({ value }) => value)), children: leaves });
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
