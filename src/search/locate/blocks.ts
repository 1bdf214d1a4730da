/**
 * Pieces of an issue that can run: programs, what was typed at a prompt, files with their names, commands.
 *
 * Trackers’ texts mark code by fences, by indentation, or only by prompts; what is printed stands between. A prompt is the surest sign: lines behind `>>>` and `In [1]:` are statements and all
 * others output. A trace is no program, nor is what a fence names another language. Whether the rest parses is for the runner to say: here nothing is run and nothing is refused.
 */
import type { Snapshot } from '../../index/mod.ts';
import { testedName } from './places.ts';

export type IssueBlock =
  | { readonly kind: 'session'; readonly statements: readonly string[] }
  | { readonly kind: 'source'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'command'; readonly words: readonly string[] };

/** Pieces and characters that are kept; an issue that a person wrote has fewer. */
const mostBlocks = 60;
const mostCharacters = 200_000;

const programs: ReadonlySet<string> = new Set(['', 'python', 'py', 'python3', 'pycon', 'ipython', 'ipython3', 'pytb']);
const shells: ReadonlySet<string> = new Set(['bash', 'sh', 'shell', 'console', 'zsh', 'shell-session', 'bat', 'cmd']);

const prompt = /^\s*(?:>{3}|In ?\[\d*\]:)(?: |$)/;
const continued = /^\s*\.{3,}:?(?: |$)/;

/** @param text as given to `locate` */
export function blocksOf(text: string): IssueBlock[] {
  const found: IssueBlock[] = [];
  const lines = text.slice(0, mostCharacters).replaceAll('\r\n', '\n').replaceAll('\t', '    ').split('\n');
  for (let at = 0; at < lines.length && found.length < mostBlocks; ) {
    const line = lines[at] as string;
    const fence = /^\s*(`{3,}|~{3,})\s*\{?([\w+#.-]*)/.exec(line);
    if (fence !== null && line.split('```').length < 3) {
      const [, mark = '', label = ''] = fence;
      const closed = lines.findIndex((one, below) => below > at && one.trim().startsWith(mark));
      const end = closed < 0 ? lines.length : closed;
      found.push(...read(lines.slice(at + 1, end), label.toLowerCase(), fileNamed(lines, at)));
      at = end + 1;
    } else if (prompt.test(line)) {
      const end = endOfSession(lines, at);
      found.push(...read(lines.slice(at, end), '', null));
      at = end;
    } else if (/^ {4}/.test(line) && (at === 0 || lines[at - 1]?.trim() === '')) {
      let end = at;
      while (end < lines.length && (/^ {4}/.test(lines[end] as string) || lines[end]?.trim() === '')) end++;
      found.push(...read(lines.slice(at, end), '', fileNamed(lines, at)));
      at = end;
    } else if (/^\$ \w/.test(line)) {
      found.push(...commandsIn([line], true));
      at++;
    } else at++;
  }
  return withFileNames(found.slice(0, mostBlocks));
}

/** A program becomes the file that a command names and nothing else gives: the nearest before it, else behind it. */
function withFileNames(blocks: readonly IssueBlock[]): IssueBlock[] {
  const named = [...blocks];
  for (const [at, block] of blocks.entries()) {
    if (block.kind !== 'command') continue;
    for (const word of block.words.slice(1)) {
      const path = word.replace(/::.*$/, '');
      if (!/^[\w][\w./-]*\.py$/.test(path) || path.includes('..')) continue;
      if (named.some((one) => one.kind === 'file' && one.path === path)) continue;
      const before = named.findLastIndex((one, place) => place < at && one.kind === 'source');
      const place = before >= 0 ? before : named.findIndex((one, below) => below > at && one.kind === 'source');
      const one = named[place];
      if (one?.kind === 'source') named[place] = { kind: 'file', path, text: one.text };
    }
  }
  return named;
}

/** Prompts outside of a fence, with what is printed between them: to the second empty line in a row, or to a fence. */
function endOfSession(lines: readonly string[], from: number): number {
  let end = from;
  while (end < lines.length && !/^\s*(?:```|~~~)/.test(lines[end] as string)) {
    if (lines[end]?.trim() === '' && !lines.slice(end + 1, end + 3).some((line) => prompt.test(line))) break;
    end++;
  }
  return Math.max(end, from + 1);
}

function read(given: readonly string[], label: string, path: string | null): IssueBlock[] {
  const lines = withoutMarks(withoutTraces(given));
  if (lines.some((line) => prompt.test(line))) {
    const statements = typed(lines);
    return statements.length === 0 ? [] : [{ kind: 'session', statements }];
  }
  const hasCommands = lines.some((line) => /^\s*[$%] \w/.test(line));
  if (shells.has(label) || hasCommands) return commandsIn(lines, hasCommands);
  const text = dedented(lines);
  if (text.trim() === '') return [];
  if (path !== null) return [{ kind: 'file', path, text: withoutItsName(text, path) }];
  const isCode = looksLikeCode(text) || (/^py/.test(label) && /^\s*#/m.test(text));
  return programs.has(label) && isCode ? [{ kind: 'source', text }] : [];
}

/** `# in index.rst` is a comment in a program, and a text of its own in a document. */
const withoutItsName = (text: string, path: string): string =>
  /\.(?:rst|md|txt|html|json)$/.test(path) && firstComment.test(text.split('\n', 1)[0] as string)
    ? text.slice(text.indexOf('\n') + 1)
    : text;

/** A test as pytest lists it where it failed: without the mark of the line, and without what it says of the values. */
function withoutMarks(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => /^E( |$)/.test(line)) || !lines.some((line) => /^> /.test(line))) return lines;
  return lines.filter((line) => !/^E( |$)/.test(line)).map((line) => line.replace(/^>/, ' '));
}

/** A word alone, or prose that somebody put into a fence, is no program. */
const looksLikeCode = (text: string): boolean => /[([=]|^\s*(?:import|from)\s/m.test(text);

/** What was typed: a prompt and the lines that continue it. */
function typed(lines: readonly string[]): string[] {
  const statements: string[][] = [];
  let open = false;
  for (const line of lines) {
    if (prompt.test(line)) {
      const own = line.replace(prompt, '');
      // Pasted blocks often keep their own dots: `>>> ... x`.
      statements.push([own]);
      open = true;
    } else if (open && continued.test(line)) statements.at(-1)?.push(line.replace(continued, ''));
    // Some write the body of a `def` without dots.
    else if (open && /:\s*$/.test(statements.at(-1)?.at(-1) ?? '') && /^\s+\S/.test(line))
      statements.at(-1)?.push(line);
    else open = open && line.trim() === '';
  }
  return statements.map((parts) => parts.join('\n')).filter((text) => text.trim() !== '');
}

/** Without traces: from their head to the line that states the error. */
function withoutTraces(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let inTrace = false;
  for (const line of lines) {
    if (/^\s*(?:Traceback \(most recent call last\)|-{20,}\s*$|File ".+", line \d+)/.test(line)) inTrace = true;
    else if (inTrace && prompt.test(line)) inTrace = false;
    else if (inTrace && /^\s*[\w.]+(?:Error|Exception|Warning|Interrupt|Exit)\b/.test(line)) {
      inTrace = false;
      continue;
    }
    if (!inTrace) kept.push(line);
  }
  return kept;
}

/** A command in quotes keeps its words together; what the shell would do beyond is not done. */
function commandsIn(lines: readonly string[], prompted: boolean): IssueBlock[] {
  return lines.flatMap((line): IssueBlock[] => {
    const command = prompted ? /^\s*(?:\([\w.-]+\)\s*)?[$%] (.+)$/.exec(line)?.[1] : line.trim();
    if (command === undefined || command === '' || command.startsWith('#')) return [];
    // Quotes join what they hold to what they touch: `--notes="A,B"` is one word.
    const words = [...command.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
      word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ''),
    );
    // Redirections, pipes and what follows them are the shell's.
    const stop = words.findIndex((word) => /^(?:[|;&]|&&|\|\||\d?>.*|<.*)$/.test(word));
    const own = stop < 0 ? words : words.slice(0, stop);
    // `pylint 2.12.2`: a version, as issues state it.
    const isVersion = own.length === 2 && /^v?\d+(?:\.\d+)+\S*$/.test(own[1] as string);
    return own.length === 0 || isVersion ? [] : [{ kind: 'command', words: own }];
  });
}

const named =
  /(?:^|[\s`*"'(])((?:[\w.-]+\/)*[\w-]+\.(?:py|pyi|cfg|toml|ini|rst|txt|json|ya?ml|md|html|pylintrc))\b[`*"')]*\s*:?\s*$/;

/** `# in conf.py`, `.. index.rst`. */
const firstComment =
  /^\s*(?:#|\.\.|\/\/)\s*(?:in\s+|file:?\s+)?((?:[\w.-]+\/)*[\w-]+\.(?:py|pyi|rst|md|txt|cfg|toml|ini|ya?ml|json|html))\s*:?\s*$/i;

/** The file that the line above a piece of code ends with, or the comment in its first line is. */
function fileNamed(lines: readonly string[], at: number): string | null {
  let above = at - 1;
  while (above >= 0 && above >= at - 2 && lines[above]?.trim() === '') above--;
  const told = named.exec(lines[above] ?? '')?.[1] ?? firstComment.exec(lines[at + 1] ?? '')?.[1];
  return told ?? null;
}

function dedented(lines: readonly string[]): string {
  const filled = lines.filter((line) => line.trim() !== '');
  const indent = Math.min(...filled.map((line) => line.length - line.trimStart().length));
  return filled.length === 0 ? '' : lines.map((line) => line.slice(indent)).join('\n');
}

/** All that a run of an issue's code is asked with. */
export interface IssueProgram extends Importable {
  readonly snippets: readonly IssueBlock[];
  /** Files of tests, for what every use of the repository runs. */
  readonly background: readonly string[];
}

/** @returns null when the text carries nothing that could run, or the repository has no package of Python */
export function issueProgram(snapshot: Snapshot, text: string): IssueProgram | null {
  const snippets = blocksOf(text);
  const paths = snapshot.files().map(({ path }) => path);
  const where = importable(paths, text);
  return snippets.length === 0 || where.packages.length === 0
    ? null
    : { snippets, ...where, background: backgroundOf(paths) };
}

/** Where modules of a repository are imported from, and the packages there. */
export interface Importable {
  /** Below the root; '' is the root itself. */
  readonly roots: readonly string[];
  /** The likeliest first. */
  readonly packages: readonly string[];
}

const noPackage =
  /^(?:tests?|testing|docs?|examples?|benchmarks?|tools?|scripts?|utils|setup|conftest|noxfile|tasks|build|bin|release|ci|extras|\..*)$/;

/**
 * @param paths of the repository
 * @param text of the issue: packages that it imports come first, and only they when there are any
 */
export function importable(paths: readonly string[], text: string): Importable {
  const sizes = new Map<string, { root: string; files: number }>();
  for (const path of paths) {
    const match = /^(src\/|lib\/|python\/)?([A-Za-z_]\w*)(?:\/.*)?\.pyi?$/.exec(path) ?? null;
    if (match === null || testedName(path) !== null) continue;
    const [, root = '', name = ''] = match;
    if (noPackage.test(name)) continue;
    const known = sizes.get(name);
    sizes.set(name, { root: known?.root ?? root.replace(/\/$/, ''), files: (known?.files ?? 0) + 1 });
  }
  const isPackage = new Set(
    paths.flatMap((path) => /^(?:(?:src|lib|python)\/)?([A-Za-z_]\w*)(?:\/__init__)?\.py$/.exec(path)?.[1] ?? []),
  );
  const all = [...sizes].filter(([name]) => isPackage.has(name)).sort((a, b) => b[1].files - a[1].files);
  const imported = all.filter(([name]) => new RegExp(`\\b(?:import|from)\\s+${name}\\b`).test(text));
  const chosen = imported.length > 0 ? imported : all.slice(0, 1);
  return {
    roots: [...new Set([...chosen.map(([, { root }]) => root), ...all.map(([, { root }]) => root)])],
    packages: chosen.map(([name]) => name),
  };
}

/** Files of tests looked at for what everything runs; of each two are run (`run/reproduce`). */
const mostBackground = 40;

/** Files of tests, spread over the repository. */
export function backgroundOf(paths: readonly string[]): string[] {
  const tests = paths.filter((path) => path.endsWith('.py') && testedName(path) !== null).sort();
  const every = Math.max(1, Math.ceil(tests.length / mostBackground));
  // The middle first, so that a run out of time has not only seen what begins with an `a`.
  const order = (at: number): number => (at * 7919) % Math.max(1, tests.length);
  return tests
    .map((path, at) => ({ path, at }))
    .filter(({ at }) => at % every === 0)
    .sort((a, b) => order(a.at) - order(b.at))
    .map(({ path }) => path);
}
