/** `winnow grep PATTERN [PATH]`: ripgrep's answers from an index of grams. Which lines match is `search`'s; this translates words and prints. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { findPlace, type KnownRepository, openGrams, readSets, type Selection } from '../../index/mod.ts';
import {
  type BatchResult,
  BatchWorker,
  type FoundFile,
  type GrepOptions,
  globJudge,
  grepFiles,
  grepTree,
  type OutputKind,
  typeJudge,
} from '../../search/mod.ts';
import { GrepJson, GrepTerminal, grepText } from '../views/grep.ts';
import { type GrepInput, type GrepOutput, grepInput, grepOutput } from './grep-schemas.ts';
import { readPipe } from './read-pipe.ts';
import { repositoriesOf } from './repository-sets.ts';
import type { Context, Operation, Printed } from './types.ts';

/** Lines given to a face that does not print as it goes. */
const mostLines = 2_000;
/** Standard input that is searched at most. */
const mostStdinBytes = 512 * 1024 * 1024;
/** ripgrep's own bound. */
const mostMapped = 10;

const noReplacing =
  'what matched is printed as it is, and directories are always searched with all that is in them. To see replacements, give the lines to `sed -E`.';
const noBacktracking = 'every pattern is matched in linear time, which look-around and back references do not allow.';

export const grep: Operation<typeof grepInput, typeof grepOutput> = {
  name: 'grep',
  summary: 'lines that match a regular expression, as ripgrep finds them',
  description: `Prints the lines that match, of the files that ripgrep would search: those that no ignore file leaves out, neither hidden nor binary. An index of pieces of three and four characters says which files can match; these are read, and so are all that changed since, so the answer is that of reading everything. The first search of a tree builds the index, after it has answered.

Patterns have the syntax of Rust's regex crate, as ripgrep's have. Every pattern is matched in time linear in what is searched; look-around and back references cannot be and are refused with their place. Flags are named as ripgrep names them, and exit codes are the same: 0 when something matched, 1 when nothing did, 2 when something was wrong. Files come in the order of their paths.

With --json it prints what ripgrep prints with --json: one message for each line, of the types begin, match, context, end and summary. Other faces get one object.`,
  examples: [
    { command: "winnow grep 'fn \\w+_test\\('", does: 'a regular expression, in the repository around here' },
    { command: 'winnow grep -F "a[0] += 1" src lib', does: 'a text, in two directories' },
    {
      command: 'winnow grep -iw todo -t py -C 2',
      does: 'a word in Python files, whatever its case, with two lines around it',
    },
    { command: 'winnow grep -l "api_key" --repos default', does: 'files of a set of repositories' },
    { command: "winnow grep -U 'catch \\(.*\\) \\{\\s*\\}' -g '*.ts' -l", does: 'files with a match across lines' },
  ],
  input: grepInput,
  output: grepOutput,
  positional: [
    { property: 'pattern', label: 'PATTERN' },
    { property: 'paths', label: 'PATH', variadic: true },
  ],
  shortFlags: {
    regexp: 'e',
    fixedStrings: 'F',
    ignoreCase: 'i',
    smartCase: 'S',
    caseSensitive: 's',
    wordRegexp: 'w',
    lineRegexp: 'x',
    invertMatch: 'v',
    multiline: 'U',
    glob: 'g',
    type: 't',
    typeNot: 'T',
    text: 'a',
    context: 'C',
    beforeContext: 'B',
    afterContext: 'A',
    filesWithMatches: 'l',
    count: 'c',
    maxCount: 'm',
    onlyMatching: 'o',
    lineNumber: 'n',
    noLineNumber: 'N',
    unrestricted: 'u',
    withFilename: 'H',
    filename: 'I',
    quiet: 'q',
    threads: 'j',
  },
  lacks: {
    ...Object.fromEntries(['-r', '--replace'].map((flag) => [flag, noReplacing])),
    ...Object.fromEntries(['-P', '--pcre2', '--auto-hybrid-regex'].map((flag) => [flag, noBacktracking])),
    '--stats':
      'most files are never read, so there is nothing to count. --json tells how many were, and -c or --count-matches what matched.',
  },
  run: async (asked, context) => {
    const { given, missing, there } = withSet(asked, context);
    const files: GrepOutput['files'] = [];
    let lines = 0;
    let truncated = false;
    const answer = await searchAll(given, { missing, there }, context, { kind: 'data' }, async ({ found }) => {
      for (const file of found) {
        files.push(plainFile(file));
        lines += file.lines.length;
      }
      truncated = lines >= mostLines;
      return !truncated;
    });
    const keeping = answer.keep();
    // A process that stays answers first, and goes on.
    if (context.openGrams === undefined) await keeping;
    else keeping.catch(() => {});
    const { searched, failures, elapsedMs } = answer;
    const partial = answer.missing.length > 0;
    return {
      schema: 'winnow.grep/1',
      files,
      truncated,
      partial,
      missing: answer.missing,
      searched,
      failures,
      elapsedMs,
    };
  },
  stream: async (asked, context, out) => {
    const { given, missing, there } = withSet(asked, context);
    const printer = printerOf(given, context, out);
    const tellMissing = (of: readonly Missing[]): void => {
      for (const { name, reason } of of) context.notice(`${name}: not there. ${reason}`);
    };
    tellMissing(missing);
    const answer = await searchAll(given, { missing, there }, context, printer.output, async (result) => {
      if (!given.quiet) return printer.print(result);
      return result.filesMatched === 0;
    });
    if (!given.quiet) await printer.end(answer);
    tellMissing(answer.missing.slice(missing.length));
    for (const failure of answer.failures) context.notice(failure);
    await answer.keep();
    if (answer.failures.length > 0 && !(given.quiet && answer.filesMatched > 0)) return 2;
    return answer.filesMatched > 0 ? 0 : nothingFound(given, answer.missing);
  },
  render: (output, settings) => grepText(output, settings),
  exit: ({ files, failures, missing, searched }) => {
    if (failures.length > 0) return 2;
    if (files.length > 0) return 0;
    return missing.length > 0 && searched.files === 0 ? 3 : 1;
  },
};

type Missing = GrepOutput['missing'][number];

/** Repositories of a set, when the search begins. */
interface AskedSet {
  readonly there: readonly KnownRepository[];
  readonly missing: readonly Missing[];
}

/** With the places of a set's repositories as paths, of those that are there. */
function withSet(given: GrepInput, context: Context): AskedSet & { given: GrepInput } {
  if (given.repos === undefined) return { given, missing: [], there: [] };
  if (given.paths.length > 0 || isPath(given))
    throw new WinnowError('bad-usage', 'With --repos no PATH is given; narrow with --glob or --type.');
  const repositories = repositoriesOf(given.repos, readSets(context.settings.cacheDir));
  const missing = repositories.flatMap((repository) => missingOf(repository) ?? []);
  const gone = new Set(missing.map(({ name }) => name));
  const there = repositories.filter(({ name }) => !gone.has(name));
  return { given: { ...given, paths: there.map(({ root }) => root) }, missing, there };
}

/** `null`: it is where it was added. */
function missingOf({ name, root }: KnownRepository): Missing | null {
  try {
    const { root: place } = findPlace(root);
    return place === root ? null : { name, root, reason: `It is a part of ${place} now; add that.` };
  } catch (error) {
    if (!(error instanceof WinnowError)) throw error;
    const reason = 'It was moved or deleted; `winnow add NEW-PATH --name NAME` says where it is now.';
    return { name, root, reason };
  }
}

/** 3 where no repository of a set could be asked: that nothing was found is then no answer. */
const nothingFound = ({ repos, paths }: GrepInput, missing: readonly Missing[]): number => {
  const gone = new Set(missing.map(({ root }) => root));
  return repos !== undefined && missing.length > 0 && paths.every((root) => gone.has(root)) ? 3 : 1;
};

interface Printer {
  readonly output: OutputKind;
  /** @returns false when nobody reads any more */
  print(result: BatchResult): Promise<boolean>;
  end(answer: Searched): Promise<void>;
}

function printerOf(given: GrepInput, context: Context, out: Printed): Printer {
  if (out.json) {
    const json = new GrepJson();
    return {
      output: { kind: 'data' },
      print: ({ found }) => out.write(json.files(found)),
      end: async (answer) => {
        const { elapsedMs, failures, missing } = answer;
        await out.write(
          json.summary(elapsedMs.look + elapsedMs.select + elapsedMs.search, { failures, missing: [...missing] }),
        );
      },
    };
  }
  const lines = reportOf(given) === 'lines';
  if (out.terminal && lines && !given.onlyMatching) {
    const view = new GrepTerminal(context.settings, {
      paths: withPaths(given),
      numbers: hasNumbers(given, true),
      columns: given.column,
    });
    return { output: { kind: 'data' }, print: ({ found }) => out.write(view.files(found)), end: async () => {} };
  }
  const { before, after } = contextOf(given);
  let first = before > 0 || after > 0;
  const names = given.filesWithoutMatch ? 'without' : given.filesWithMatches ? 'with' : null;
  const { column: columns, onlyMatching } = given;
  return {
    output: { kind: 'plain', paths: withPaths(given), columns, onlyMatching, names },
    print: async ({ plain }) => {
      if (plain === null || plain.length === 0) return true;
      // Files are separated by their contexts' separator; before the first there is none, nor before what is said of a binary one.
      const separated = first && lines && plain[0] === 0x2d && plain[1] === 0x2d && plain[2] === 0x0a;
      const bytes = separated ? plain.subarray(3) : plain;
      first = false;
      return out.write(out.terminal ? out.harmless(bytes) : bytes);
    },
    end: async () => {},
  };
}

/** Paths before lines: unless one file alone was asked for. */
function withPaths(given: GrepInput): boolean {
  if (!given.filename) return false;
  const paths = pathsOf(given);
  return given.withFilename || paths.length !== 1 || (paths[0] !== '-' && isDirectory(paths[0] as string));
}

function isDirectory(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? true;
}

function patternsOf(given: GrepInput): readonly string[] {
  if (given.regexp.length > 0) return given.regexp;
  if (given.pattern !== undefined) return [given.pattern];
  throw new WinnowError('bad-usage', 'Expected a pattern. Give one: `winnow grep PATTERN [PATH]`.');
}

function pathsOf(given: GrepInput): readonly string[] {
  const extra = isPath(given) ? [given.pattern as string] : [];
  const paths = [...extra, ...given.paths];
  return paths.length === 0 && given.repos === undefined ? ['.'] : paths;
}

/** @param usual whether there are line numbers where nobody says */
const hasNumbers = ({ lineNumber, noLineNumber }: GrepInput, usual: boolean): boolean =>
  lineNumber ?? (usual && !noLineNumber);

/** With -e the first word is a path. */
const isPath = (given: GrepInput): boolean => given.regexp.length > 0 && given.pattern !== undefined;

const reportOf = (given: GrepInput): GrepOptions['report'] =>
  given.quiet || given.filesWithMatches || given.filesWithoutMatch
    ? 'files'
    : given.countMatches || (given.count && given.onlyMatching)
      ? 'count-matches'
      : given.count
        ? 'count'
        : 'lines';

const caseOf = (given: GrepInput): GrepOptions['case'] =>
  given.caseSensitive ? 'sensitive' : given.ignoreCase ? 'ignore' : given.smartCase ? 'smart' : 'sensitive';

const contextOf = (given: GrepInput): { before: number; after: number } => ({
  before: given.beforeContext ?? given.context ?? 0,
  after: given.afterContext ?? given.context ?? 0,
});

function searchOptions(given: GrepInput, lineNumbers: boolean): GrepOptions {
  return {
    patterns: patternsOf(given),
    fixedStrings: given.fixedStrings,
    case: caseOf(given),
    word: given.wordRegexp && !given.lineRegexp,
    wholeLine: given.lineRegexp,
    multiline: given.multiline,
    dotAll: given.multiline && given.multilineDotall,
    nul: given.text,
    invert: given.invertMatch,
    ...contextOf(given),
    maxCount: given.maxCount ?? Number.POSITIVE_INFINITY,
    report: reportOf(given),
    lineNumbers,
    spans: true,
  };
}

/** ripgrep maps files into memory where a few were named and nothing else. */
function readInPieces(paths: readonly string[], cwd: string): boolean {
  const isFile = (typed: string): boolean =>
    typed !== '-' && statSync(path.resolve(cwd, typed), { throwIfNoEntry: false })?.isFile() === true;
  return paths.length > mostMapped || !paths.every(isFile);
}

interface Searched {
  filesMatched: number;
  readonly searched: { files: number; read: number };
  readonly failures: string[];
  /** Repositories of a set that were not there, and those that went away meanwhile. */
  readonly missing: Missing[];
  readonly elapsedMs: { look: number; select: number; search: number };
  /** Keeps what was learned for the next search. */
  keep(): Promise<void>;
}

async function searchAll(
  given: GrepInput,
  { missing, there }: AskedSet,
  context: Context,
  output: OutputKind,
  onResult: (result: BatchResult) => Promise<boolean>,
): Promise<Searched> {
  const data = output.kind === 'data';
  const search = searchOptions(given, data || hasNumbers(given, given.column));
  const keepers: (() => Promise<void>)[] = [];
  const answer: Searched = {
    filesMatched: 0,
    searched: { files: 0, read: 0 },
    failures: [],
    missing: [...missing],
    elapsedMs: { look: 0, select: 0, search: 0 },
    keep: async () => {
      for (const keep of keepers) await keep();
    },
  };
  let wanted = true;
  const take = async (result: BatchResult): Promise<boolean> => {
    answer.filesMatched += result.filesMatched;
    wanted = await onResult(result);
    return wanted;
  };
  const inPieces = readInPieces(pathsOf(given), context.cwd);
  // Nothing is wanted of any file, so that none is opened, as by ripgrep.
  for (const typed of given.maxCount === 0 ? [] : pathsOf(given)) {
    if (!wanted) break;
    const streamed = async (shown: string, bytes: Uint8Array): Promise<void> => {
      const worker = new BatchWorker({ search, output, binary: given.text ? 'text' : 'split' });
      await take(worker.searchWhole(shown, Buffer.from(bytes)));
      worker.close();
    };
    if (typed === '-') {
      await streamed('<stdin>', await context.readStdin(mostStdinBytes));
      continue;
    }
    const full = path.resolve(context.cwd, typed);
    const stat = statSync(full, { throwIfNoEntry: false });
    if (stat === undefined) {
      if (given.repos !== undefined) continue;
      answer.failures.push(`There is nothing at ${typed}. A pattern with spaces in it needs quotes.`);
      continue;
    }
    // Who asks a server waits for no other program.
    if (stat.isFIFO() && context.openGrams === undefined) {
      await streamed(typed, await readPipe(full, mostStdinBytes, context.signal));
      continue;
    }
    if (!stat.isDirectory()) {
      const files = [{ file: full, shown: typed, bytes: stat.size }];
      const failures = await grepFiles({ search, output, files, inPieces, signal: context.signal, onResult: take });
      answer.searched.files++;
      answer.searched.read++;
      addFailures(answer, failures);
      continue;
    }
    try {
      await searchDirectory(given, typed, realpathSync(full), context, { search, output, take, answer, keepers });
    } catch (cause) {
      if (context.signal.aborted || existsSync(full)) throw cause;
    }
    // Single files that are gone were deleted since they were seen. Where all are, what was found is a part.
    if (given.repos === undefined && !existsSync(full))
      answer.failures.push(`${typed} went away while it was searched; what was found is not all.`);
  }
  for (const { name, root } of there)
    if (!existsSync(root)) answer.missing.push({ name, root, reason: 'It went away while it was searched.' });
  return answer;
}

async function searchDirectory(
  given: GrepInput,
  typed: string,
  directory: string,
  context: Context,
  to: {
    search: GrepOptions;
    output: OutputKind;
    take: (result: BatchResult) => Promise<boolean>;
    answer: Searched;
    keepers: (() => Promise<void>)[];
  },
): Promise<void> {
  const { home } = context.settings;
  const grams = (context.openGrams ?? openGrams)(directory, home === undefined ? {} : { home });
  const below = path.relative(grams.root, directory).split(path.sep).join('/');
  const implied = given.paths.length === 0 && !isPath(given);
  const told = await grepTree(grams, {
    search: to.search,
    output: to.output,
    selection: selectionOf(given, grams.root, context.cwd),
    under: below === '' ? '' : `${below}/`,
    shownAs: implied ? '' : typed.endsWith('/') ? typed : `${typed}/`,
    refresh: given.refresh,
    binary: given.text ? 'text' : given.binary || given.unrestricted.length > 2 ? 'split' : 'leave',
    threads: given.threads === undefined ? undefined : given.threads - 1,
    signal: context.signal,
    onResult: to.take,
  });
  const { answer } = to;
  answer.searched.files += told.files;
  answer.searched.read += told.read;
  for (const part of ['look', 'select', 'search'] as const) answer.elapsedMs[part] += told.elapsedMs[part];
  addFailures(answer, told.failures);
  to.keepers.push(async () => {
    try {
      if (given.refresh && grams.worthKeeping())
        await grams.keep({
          // Where it goes on behind the answer, nobody waits for it, and the question's end is not its own.
          ...(context.openGrams !== undefined
            ? {}
            : {
                signal: context.signal,
                onProgress: (done: number, total: number) =>
                  context.progress({ label: 'indexing for later searches', done, total }),
              }),
        });
    } catch (error) {
      if (!(error instanceof WinnowError) || error.code === 'cancelled') throw error;
      context.notice(error.message);
    } finally {
      grams.close();
    }
  });
}

function addFailures(answer: Searched, failures: readonly { path: string; code: string }[]): void {
  for (const { path: file, code } of failures) answer.failures.push(`${file}: ${code}`);
}

function selectionOf(given: GrepInput, root: string, cwd: string): Selection {
  const judge = globJudge(given.glob, given.iglob);
  // Globs are relative to where the person stands; paths of a walk to its root.
  const down = path.relative(root, cwd).split(path.sep).join('/');
  const up = path.relative(cwd, root).split(path.sep).join('/');
  const outside = down.startsWith('..');
  const relative = (file: string): string => {
    if (down === '') return file;
    if (outside) return up.startsWith('..') ? file : `${up}/${file}`;
    return file.startsWith(`${down}/`) ? file.slice(down.length + 1) : file;
  };
  const any = given.glob.length + given.iglob.length > 0;
  return {
    hidden: given.hidden || given.unrestricted.length > 1,
    rules: given.ignore && given.unrestricted.length === 0,
    judge: any ? (file, directory) => judge(relative(file), directory) : () => null,
    judgeType: typeJudge(given.type, given.typeNot),
  };
}

function plainFile({ path: file, count, binaryAt, lines }: FoundFile): GrepOutput['files'][number] {
  return {
    path: file,
    count,
    binary: binaryAt >= 0,
    lines: lines.map(({ kind, line, bytes, spans }) => {
      const whole = Buffer.from(bytes);
      const end = whole.at(-1) === 10 ? whole.length - 1 : whole.length;
      const unit = (at: number): number => whole.toString('utf8', 0, Math.min(at, end)).length;
      const marks: { start: number; end: number }[] = [];
      for (let i = 0; i < spans.length; i += 2)
        marks.push({ start: unit(spans[i] as number), end: unit(spans[i + 1] as number) });
      return { kind, line, text: whole.toString('utf8', 0, end), marks };
    }),
  };
}
