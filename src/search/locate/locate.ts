/**
 * From an issue to the files, classes and functions to change.
 *
 * No language model: the issue is taken apart, many weak signals say where it may belong, and a linear ranker trained on
 * the commits of other repositories weighs them. Files are ranked first; functions and classes then know how their
 * file stands. Coverage of failing tests, where given, is added to the score.
 */
import { WinnowError } from '../../base/mod.ts';
import type { History, Snapshot } from '../../index/mod.ts';
import { checkBudget } from '../budget.ts';
import { idOf } from '../ids.ts';
import { Reader, rangeOf } from '../reader.ts';
import type { LocateAnswer, LocatedFile, LocatedSymbol, LocateOptions } from './answer.ts';
import { symbolCandidates } from './candidates.ts';
import { type Collected, collect } from './collect.ts';
import { corpusOf, role } from './corpus.ts';
import { coverageWeight, type Suspects, suspectsOf } from './coverage.ts';
import { fileOfKey, symbolKey, symbolOfKey } from './evidence.ts';
import { fileStandings, fileTable, symbolTable, type Table } from './features.ts';
import { fitLocated } from './fit.ts';
import { HeldWords } from './heldwords.ts';
import { type Issue, parseIssue } from './issue.ts';
import { isCallable, isType } from './names.ts';
import { contributions, linearScores, shippedWeights, type Weights } from './ranker.ts';
import { explanationOf, reasonsFor } from './reasons.ts';

const defaultLimit = 10;

/**
 * @param issue text of an issue, a stack trace, a failing test's output, or several of them
 * @param history of the commit that the snapshot was taken at
 * @throws WinnowError `bad-query` when the text holds no word, `bad-usage` for a budget too small
 */
export function locate(snapshot: Snapshot, text: string, history: History, options: LocateOptions = {}): LocateAnswer {
  checkBudget(options.budgetTokens);
  const issue = parseIssue(text);
  if (!/[\p{L}\p{N}]/u.test(issue.title + issue.text))
    throw new WinnowError(
      'bad-query',
      'Expected the text of an issue, a stack trace or a test’s output; it holds no word.',
    );
  const corpus = corpusOf(snapshot, options.under ?? '');
  const collected = collect(corpus, issue, history, options.without ?? [], options.meaning, options.run);
  stopIfCancelled(options.signal);
  const suspects =
    options.coverage === undefined
      ? null
      : suspectsOf(collected.evidence, options.coverage.tests, options.coverage.formula);
  const ranking = rank(withSuspects(collected, suspects), suspects, shippedWeights());
  const shown = new Shown(collected, issue, ranking, suspects, options);
  const limit = options.limit ?? defaultLimit;
  const answer = {
    issue: {
      title: issue.title,
      frames: issue.frames.length,
      paths: issue.paths.length,
      names: issue.namesInProse.size + issue.namesInCode.size,
    },
    files: ranking.files.slice(0, limit).map((entry) => shown.file(entry)),
    classes: ranking.symbols
      .filter(({ key }) => isType(shown.kindOf(key)))
      .slice(0, limit)
      .map((entry) => shown.symbol(entry)),
    functions: ranking.symbols
      .filter(({ key }) => isCallable(shown.kindOf(key)))
      .slice(0, limit)
      .map((entry) => shown.symbol(entry)),
    history: { extent: history.extent, commits: history.count },
    completeness: snapshot.completeness,
    notices: noticesOf(issue, history, snapshot, suspects, options),
    tokens: null,
  };
  return options.budgetTokens === undefined ? answer : fitLocated(answer, options.budgetTokens);
}

function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new WinnowError('cancelled', 'Locating was cancelled.');
}

export interface Ranked {
  /** Best first. */
  readonly files: readonly {
    readonly file: number;
    readonly row: number;
    readonly probability: number;
  }[];
  readonly symbols: readonly { readonly key: number; readonly row: number; readonly score: number }[];
  readonly fileTable: Table;
  readonly symbolTable: Table;
  readonly weights: Weights;
}

/** Files and symbols in order. */
export function rank(collected: Collected, suspects: Suspects | null, weights: Weights): Ranked {
  const { candidates } = collected;
  const files = fileTable(collected);
  const frames = traceWeights(collected);
  const scores = linearScores(files, weights.files).map((score, row) => {
    const file = candidates[row] as number;
    return score + coverageWeight * (suspects?.files.get(file) ?? 0) + frames.file(file);
  });
  const standings = fileStandings(candidates, scores);
  const order = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const ranked = order.map((row) => {
    const file = candidates[row] as number;
    return { file, row, probability: standings.get(file)?.probability ?? 0 };
  });
  const keys = [...new Set([...symbolCandidates(collected), ...suspected(collected, suspects)])];
  const symbols = symbolTable(collected, keys, standings);
  const symbolScores = linearScores(symbols, weights.symbols).map((score, row) => {
    const key = keys[row] as number;
    return score + coverageWeight * (suspects?.symbols.get(key) ?? 0) + frames.symbol(key);
  });
  const inOrder = [...symbolScores.keys()].sort(
    (a, b) => (symbolScores[b] as number) - (symbolScores[a] as number) || a - b,
  );
  return {
    files: ranked,
    symbols: inOrder.map((row) => ({ key: keys[row] as number, row, score: symbolScores[row] as number })),
    fileTable: files,
    symbolTable: symbols,
    weights,
  };
}

/**
 * What a full share of a trace counts beside everything else when the issue is nothing but a trace. Then its words are
 * those of the frames, so the order of the frames decides and words only where it is silent. Reasoned, not learned: a frame further
 * out has a fifth less, and everything else makes up to seven points between functions.
 */
const traceOnlyWeight = 40;

function traceWeights({ evidence, traceOnly }: Collected) {
  const files = evidence.files('frame');
  const symbols = evidence.symbols('frame');
  const weight = traceOnly ? traceOnlyWeight : 0;
  return {
    file: (file: number): number => weight * (files[file] as number),
    symbol: (key: number): number => weight * (symbols.get(key) ?? 0),
  };
}

/** Files that failing tests ran are candidates, whatever the issue's words say. */
function withSuspects(collected: Collected, suspects: Suspects | null): Collected {
  if (suspects === null) return collected;
  const { corpus } = collected.evidence;
  const known = new Set(collected.candidates);
  const more = [...suspects.files.keys()].filter((file) => !known.has(file) && corpus.roles[file] === role.source);
  const symbols = new Map(collected.symbols);
  for (const file of more) {
    const { symbols: all } = corpus.facts(file);
    symbols.set(
      file,
      [...all.keys()].filter((at) => suspects.symbols.has(symbolKey(file, at)) && isCallable(all[at]?.kind ?? 'field')),
    );
  }
  return { ...collected, candidates: [...collected.candidates, ...more], symbols };
}

function suspected({ symbols }: Collected, suspects: Suspects | null): number[] {
  if (suspects === null) return [];
  return [...symbols].flatMap(([file, own]) =>
    own.map((at) => symbolKey(file, at)).filter((key) => suspects.symbols.has(key)),
  );
}

/** Entries as the answer shows them. */
class Shown {
  readonly #collected: Collected;
  readonly #ranking: Ranked;
  readonly #suspects: Suspects | null;
  readonly #options: LocateOptions;
  readonly #held: HeldWords;
  readonly #reader: Reader;
  readonly #bestDoc = new Map<number, number>();

  constructor(collected: Collected, issue: Issue, ranking: Ranked, suspects: Suspects | null, options: LocateOptions) {
    this.#collected = collected;
    this.#ranking = ranking;
    this.#suspects = suspects;
    this.#options = options;
    const { evidence, text } = collected;
    this.#held = new HeldWords(evidence, text, issue);
    this.#reader = new Reader(evidence.corpus.snapshot);
    this.#findBest();
  }

  /** The best document of each file and symbol that may be shown. */
  #findBest(): void {
    const { evidence, text, symbols } = this.#collected;
    const { corpus } = evidence;
    const raise = (key: number, doc: number): void => {
      const known = this.#bestDoc.get(key);
      if (known === undefined || (text.docs.all[doc] as number) > (text.docs.all[known] as number))
        this.#bestDoc.set(key, doc);
    };
    for (let doc = 0; doc < corpus.fileOfDoc.length; doc++) {
      const file = corpus.fileOfDoc[doc] as number;
      if (file < 0 || text.docs.all[doc] === 0 || !symbols.has(file)) continue;
      raise(-1 - file, doc);
      const symbol = corpus.facts(file).chunks[corpus.chunkOfDoc[doc] as number]?.symbol ?? -1;
      if (symbol >= 0) raise(symbolKey(file, symbol), doc);
    }
  }

  kindOf(key: number) {
    return this.#collected.evidence.corpus.facts(fileOfKey(key)).symbols[symbolOfKey(key)]?.kind ?? 'variable';
  }

  file({ file, row, probability }: Ranked['files'][number]): LocatedFile {
    const { corpus } = this.#collected.evidence;
    const { path, language } = corpus.files[file] as (typeof corpus.files)[number];
    const parts = contributions(this.#ranking.fileTable, row, this.#ranking.weights.files);
    return {
      path,
      language,
      score: probability,
      ...this.#why(parts, `file ${file}`, -1 - file, this.#suspects?.files.get(file)),
    };
  }

  symbol({ key, row, score }: Ranked['symbols'][number]): LocatedSymbol {
    const { corpus } = this.#collected.evidence;
    const file = fileOfKey(key);
    const record = corpus.files[file] as (typeof corpus.files)[number];
    const facts = corpus.facts(file);
    const symbol = facts.symbols[symbolOfKey(key)] as (typeof facts.symbols)[number];
    const text = this.#reader.text(record);
    const parts = contributions(this.#ranking.symbolTable, row, this.#ranking.weights.symbols);
    return {
      id: idOf(record.path, facts, symbolOfKey(key)),
      path: record.path,
      name: symbol.qualifiedName,
      kind: symbol.kind,
      lines: text === null ? { first: 1, last: 1 } : rangeOf(text, symbol.span),
      score,
      ...this.#why(parts, `${key}`, key, this.#suspects?.symbols.get(key)),
    };
  }

  #why(parts: Map<string, number>, at: string, bestKey: number, suspicion: number | undefined) {
    const doc = this.#bestDoc.get(bestKey);
    const held = doc === undefined ? [] : this.#held.in(doc);
    const reasons = reasonsFor(parts, this.#collected.evidence, at, held);
    const extra =
      suspicion === undefined ? [] : [{ label: 'coverage', value: coverageWeight * suspicion, children: [] }];
    if (suspicion !== undefined && suspicion > 0)
      reasons.unshift({
        signal: 'coverage',
        text: `run by failing tests, suspicion ${suspicion.toFixed(2)} of the most`,
      });
    return { reasons, explanation: this.#options.explain === true ? explanationOf(parts, extra) : null };
  }
}

function historyNotices({ extent, count }: History): string[] {
  const read = count === 0 ? 'no past change' : count === 1 ? 'only one past change' : `only ${count} past changes`;
  if (extent === 'none') return ['There is no git history here that can be read; past changes did not help.'];
  if (extent === 'shallow') return [`The clone is shallow: ${read} could be read. A whole clone ranks better.`];
  if (extent === 'partial') return [`Objects of the git history are missing: ${read} could be read.`];
  return [];
}

function noticesOf(
  issue: Issue,
  history: History,
  { completeness }: Snapshot,
  suspects: Suspects | null,
  { without = [] }: LocateOptions,
): string[] {
  const notices: string[] = [];
  if (issue.cut) notices.push('The text is very long; its beginning and its end were read, its middle was not.');
  if (!without.includes('history')) notices.push(...historyNotices(history));
  if (completeness.pendingFiles > 0)
    notices.push(`The index is not complete: ${completeness.pendingFiles} files are still to be read.`);
  if (completeness.stale) notices.push('The index may be behind the files on disk.');
  if (suspects !== null && suspects.unknown.length > 0)
    notices.push(
      suspects.unknown.length === 1
        ? `A file of the coverage is no source file of this repository: ${suspects.unknown[0]}.`
        : `${suspects.unknown.length} files of the coverage are not source files of this repository, for example ${suspects.unknown[0]}.`,
    );
  return notices;
}
