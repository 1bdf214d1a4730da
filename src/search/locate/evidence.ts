/**
 * What the signals say: a number per file or per symbol under each signal's name, and words for the reader.
 *
 * A signal is one way to tell where an issue belongs. Signals do not know each other; how much each is worth is
 * learned (`ranker.ts`). A signal that has nothing to say about an issue leaves its numbers at 0.
 *
 * This is also where signals of other kinds join: what a graph knows of bases, callers and importers, or a run of
 * covered lines, is another row in `fileSignals` or `symbolSignals` and a function that fills it.
 */
import type { Corpus } from './corpus.ts';

export const fileSignals = [
  'textTop',
  'textMax',
  'textFile',
  'titleTop',
  'titleMax',
  'proseTop',
  'codeTop',
  'errorTop',
  'meaningTop',
  'meaningMax',
  'meaningTitle',
  'path',
  'pathTitle',
  'basename',
  'namesProse',
  'namesProseMax',
  'namesCode',
  'namesCodeMax',
  'bases',
  'convention',
  'ran',
  'ranLast',
  'ranRare',
  'ranFrame',
  'pathMention',
  'moduleMention',
  'testMention',
  'frame',
  'frameInner',
  'literal',
  'testName',
  'testCalls',
  'testCallsSum',
  'historySum',
  'historyMax',
  'historyProfile',
  'recent60',
  'recent365',
  'frequency',
  'callee',
  'calleeSum',
  'caller',
  'imported',
  'directory',
  'size',
  'packageFile',
  'vendored',
  'auxiliary',
] as const;
export type FileSignal = (typeof fileSignals)[number];

export const symbolSignals = [
  'text',
  'title',
  'prose',
  'code',
  'errors',
  'meaning',
  'meaningTitle',
  'name',
  'nameTitle',
  'namesProse',
  'namesCode',
  'bases',
  'convention',
  'ran',
  'ranLast',
  'ranRare',
  'ranFrame',
  'inClass',
  'line',
  'frame',
  'literal',
  'phrases',
  'phrasesTitle',
  'pastLines',
  'recentLines',
  'callee',
  'caller',
  'testCalls',
  'length',
  'special',
  'member',
] as const;
export type SymbolSignal = (typeof symbolSignals)[number];

/** Groups that stand or fall together when asking what a source of evidence is worth. */
export const signalGroups = {
  text: ['textTop', 'textMax', 'textFile', 'proseTop', 'codeTop', 'text', 'prose', 'code', 'phrases'],
  title: ['titleTop', 'titleMax', 'pathTitle', 'title', 'nameTitle', 'phrasesTitle'],
  errors: ['errorTop', 'errors', 'literal'],
  meaning: ['meaningTop', 'meaningMax', 'meaningTitle', 'meaning'],
  path: ['path', 'basename', 'pathMention', 'moduleMention', 'testMention', 'line'],
  names: ['namesProse', 'namesProseMax', 'namesCode', 'namesCodeMax', 'name', 'inClass'],
  bases: ['bases'],
  convention: ['convention'],
  frames: ['frame', 'frameInner'],
  run: ['ran', 'ranLast', 'ranRare', 'ranFrame'],
  tests: ['testName', 'testCalls', 'testCallsSum'],
  history: [
    'historySum',
    'historyMax',
    'historyProfile',
    'recent60',
    'recent365',
    'frequency',
    'pastLines',
    'recentLines',
  ],
  calls: ['callee', 'calleeSum', 'caller'],
  neighbours: ['imported', 'directory'],
  prior: ['size', 'packageFile', 'vendored', 'auxiliary', 'length', 'special', 'member'],
} as const satisfies Record<string, readonly (FileSignal | SymbolSignal)[]>;
export type SignalGroup = keyof typeof signalGroups;
export const signalGroupNames = Object.keys(signalGroups) as SignalGroup[];

/** A symbol of a file as one number. */
export const symbolKey = (file: number, symbol: number): number => file * symbolsPerFile + symbol;
export const fileOfKey = (key: number): number => Math.floor(key / symbolsPerFile);
export const symbolOfKey = (key: number): number => key % symbolsPerFile;
/** More than the parser's limit of symbols in one file. */
const symbolsPerFile = 2 ** 21;

export class Evidence {
  readonly corpus: Corpus;
  readonly #files = new Map<FileSignal, Float64Array>();
  readonly #symbols = new Map<SymbolSignal, Map<number, number>>();
  readonly #notes = new Map<string, string>();

  constructor(corpus: Corpus) {
    this.corpus = corpus;
  }

  files(signal: FileSignal): Float64Array {
    const known = this.#files.get(signal);
    if (known !== undefined) return known;
    const fresh = new Float64Array(this.corpus.files.length);
    this.#files.set(signal, fresh);
    return fresh;
  }

  setFiles(signal: FileSignal, values: Float64Array): void {
    this.#files.set(signal, values);
  }

  symbols(signal: SymbolSignal): Map<number, number> {
    const known = this.#symbols.get(signal);
    if (known !== undefined) return known;
    const fresh = new Map<number, number>();
    this.#symbols.set(signal, fresh);
    return fresh;
  }

  addFile(signal: FileSignal, file: number, value: number): void {
    const values = this.files(signal);
    values[file] = (values[file] as number) + value;
  }

  raiseFile(signal: FileSignal, file: number, value: number): void {
    const values = this.files(signal);
    if (value > (values[file] as number)) values[file] = value;
  }

  addSymbol(signal: SymbolSignal, key: number, value: number): void {
    const values = this.symbols(signal);
    values.set(key, (values.get(key) ?? 0) + value);
  }

  raiseSymbol(signal: SymbolSignal, key: number, value: number): void {
    const values = this.symbols(signal);
    if (value > (values.get(key) ?? 0)) values.set(key, value);
  }

  /** Words for a person about why a signal speaks for a file or symbol; the first note stays. */
  note(signal: string, at: string, text: string): void {
    const key = `${signal} ${at}`;
    if (!this.#notes.has(key)) this.#notes.set(key, text);
  }

  noteOf(signal: string, at: string): string | null {
    return this.#notes.get(`${signal} ${at}`) ?? null;
  }

  /** Takes signals away, to ask what they are worth. */
  without(groups: readonly SignalGroup[]): void {
    for (const group of groups) {
      for (const signal of signalGroups[group] as readonly string[]) {
        this.#files.delete(signal as FileSignal);
        this.#symbols.delete(signal as SymbolSignal);
      }
    }
  }
}
