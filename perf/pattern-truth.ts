/**
 * Patterns beside ast-grep: are the same nodes found?
 *
 * `node perf/pattern-truth.ts --tree DIR --lang python --ast-grep FILE [--patterns 500] [--files 120] [--seed 1] [--show 10]`
 *
 * Patterns are made of real code: a node is taken, and some of its descendants are replaced by metavariables, runs of siblings by `$$$`. All of them are searched
 * in the same files by both programs, and each match's bytes and metavariables are compared. What differs is counted by whether the two parse the files or
 * the pattern alike; the two have other versions of most grammars.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Random, seededRandom } from '../src/base/mod.ts';
import { languageNamed } from '../src/code/languages/table.ts';
import type { RuleSet } from '../src/code/mod.ts';
import { createPatternFinder } from '../src/code/mod.ts';
import { metavariableOf, signOf, withSign } from '../src/code/pattern/sign.ts';
import { decodeSource } from '../src/code/source.ts';
import { createEngine, type Grammar } from '../src/code/tree/engine.ts';
import { errorSymbol, type SyntaxTree } from '../src/code/tree/tree.ts';
import { loadGrammarFile } from '../src/index/mod.ts';
import { readRegex } from '../src/search/pattern/regex.ts';

const { values } = parseArgs({
  options: {
    tree: { type: 'string' },
    lang: { type: 'string' },
    'ast-grep': { type: 'string', default: 'ast-grep' },
    patterns: { type: 'string', default: '500' },
    files: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '8' },
  },
});

/** Names that ast-grep has for ours, and endings that both take for the language by name alone. */
const theirs: Readonly<Record<string, { readonly name: string; readonly endings: readonly string[] }>> = {
  python: { name: 'python', endings: ['.py'] },
  javascript: { name: 'javascript', endings: ['.js', '.mjs', '.cjs'] },
  typescript: { name: 'typescript', endings: ['.ts'] },
  tsx: { name: 'tsx', endings: ['.tsx'] },
  java: { name: 'java', endings: ['.java'] },
  go: { name: 'go', endings: ['.go'] },
  rust: { name: 'rust', endings: ['.rs'] },
  c: { name: 'c', endings: ['.c'] },
  cpp: { name: 'cpp', endings: ['.cpp', '.hpp', '.cc'] },
  csharp: { name: 'csharp', endings: ['.cs'] },
  ruby: { name: 'ruby', endings: ['.rb'] },
  php: { name: 'php', endings: ['.php'] },
};

interface Found {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** Metavariables and their bytes. */
  readonly bound: string;
}

const language = values.lang ?? '';
const known = theirs[language];
const described = languageNamed(language);
if (known === undefined || described?.form !== 'grammar' || values.tree === undefined)
  throw new Error('give --tree and --lang');
const random = seededRandom(Number(values.seed));
const engine = await createEngine(loadGrammarFile);
const grammar = await engine.loadGrammar(described.grammar);
const files = chosenFiles(values.tree, known.endings, Number(values.files), random);
const patterns = madePatterns(grammar, files, Number(values.patterns), random);

const finder = await createPatternFinder(loadGrammarFile, readRegex);
const setOf = (text: string): RuleSet => ({
  rule: { at: 'the pattern', pattern: { text, strictness: 'smart' } },
  constraints: new Map(),
  utils: new Map(),
});
const refused: string[] = [];
const accepted: string[] = [];
for (const text of patterns) {
  try {
    await finder.add(accepted.length, language, setOf(text));
    accepted.push(text);
  } catch {
    refused.push(text);
  }
}

const ours = new Map<number, Found[]>();
const startedMs = performance.now();
let skipped = 0;
for (const { name, bytes } of files) {
  const found = finder.search(name, bytes);
  if (found.kind === 'skipped') {
    skipped++;
    continue;
  }
  for (const { rule, span, variables } of found.matches) {
    const { start, end } = span;
    const bound = variables
      .map(({ name: variable, place }) => `${variable}=${place?.span.start ?? ''}-${place?.span.end ?? ''}`)
      .join(' ');
    listAt(ours, rule).push({ file: name, start, end, bound });
  }
}
const oursMs = performance.now() - startedMs;

const folder = mkdtempSync(path.join(tmpdir(), 'pattern-truth-'));
const both = await compare();
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify({ language, tree: path.basename(values.tree), files: files.length, skipped, ...both }));

async function compare() {
  mkdirSync(path.join(folder, 'code'));
  mkdirSync(path.join(folder, 'rules'));
  for (const { name, bytes } of files) writeFileSync(path.join(folder, 'code', name), bytes);
  writeFileSync(path.join(folder, 'sgconfig.yml'), 'ruleDirs: [rules]\n');
  accepted.forEach((text, at) => {
    writeRule(`p${at}`, { pattern: text });
  });
  const rejected: number[] = [];
  let out = scan();
  for (let tries = 0; out === null && tries < 200; tries++) out = scan(rejected);
  if (out === null) throw new Error('ast-grep does not take the rules');
  const truth = new Map<number, Found[]>();
  for (const line of out.split('\n')) {
    if (line === '') continue;
    const { ruleId, file, range, metaVariables } = JSON.parse(line);
    const rule = Number(ruleId.slice(1));
    const single = Object.entries(metaVariables?.single ?? {}).map(([name, node]) => [name, [node]] as const);
    const multi = Object.entries(metaVariables?.multi ?? {}).filter(([name]) => name !== 'secondary');
    const bound = [...single, ...multi]
      .map(([name, nodes]) => {
        const list = nodes as { range: { byteOffset: { start: number; end: number } } }[];
        return `${name}=${list.at(0)?.range.byteOffset.start ?? ''}-${list.at(-1)?.range.byteOffset.end ?? ''}`;
      })
      .sort((a, b) => ((a.split('=')[0] ?? '') < (b.split('=')[0] ?? '') ? -1 : 1))
      .join(' ');
    listAt(truth, rule).push({
      file: path.basename(file),
      start: range.byteOffset.start,
      end: range.byteOffset.end,
      bound,
    });
  }
  const classes: Record<string, number> = {};
  const refusals = refusalsThere();
  let [same, sameBound, matches, shown] = [0, 0, 0, 0];
  const between = { compared: 0, same: 0 };
  const odd = new Set<string>();
  const differing: { at: number; lacking: Found[]; extra: Found[] }[] = [];
  accepted.forEach((text, at) => {
    if (rejected.includes(at)) {
      classes['refused by ast-grep alone'] = (classes['refused by ast-grep alone'] ?? 0) + 1;
      return;
    }
    const [mine, other] = [ours.get(at) ?? [], truth.get(at) ?? []];
    matches += other.length;
    const alone = isProgram(text);
    if (!alone) between.compared++;
    const key = ({ file, start, end }: Found): string => `${file}:${start}-${end}`;
    const [a, b] = [new Set(mine.map(key)), new Set(other.map(key))];
    const lacking = other.filter((one) => !a.has(key(one)));
    const extra = mine.filter((one) => !b.has(key(one)));
    if (lacking.length + extra.length === 0) {
      if (alone) same++;
      else between.same++;
      const bounds = new Map(other.map((one) => [key(one), one.bound]));
      if (mine.every((one) => bounds.get(key(one)) === one.bound)) sameBound += alone ? 1 : 0;
      else if (shown < Number(values.show)) {
        shown++;
        const one = mine.find((each) => bounds.get(key(each)) !== each.bound) as Found;
        console.error('BOUND', JSON.stringify(text), one.bound, '≠', bounds.get(key(one)));
      }
      return;
    }
    differing.push({ at, lacking, extra });
    for (const { file } of [...lacking, ...extra]) odd.add(file);
  });
  const unlike = treesUnlike(odd);
  for (const { at, lacking, extra } of differing) {
    const text = accepted[at] as string;
    if (!isProgram(text)) continue;
    const everyFile = [...lacking, ...extra].every(({ file }) => unlike.has(file));
    const name = everyFile
      ? 'the files are parsed otherwise'
      : patternUnlike(text)
        ? 'the pattern is parsed otherwise'
        : 'matching differs';
    classes[name] = (classes[name] ?? 0) + 1;
    if (name === 'the files are parsed otherwise' || shown++ >= Number(values.show)) continue;
    console.error(name.toUpperCase(), JSON.stringify(text));
    for (const [what, list] of [
      ['only theirs', lacking],
      ['only ours', extra],
    ] as const)
      for (const one of list.filter(({ file }) => !unlike.has(file)).slice(0, 2))
        console.error(`   ${what} ${one.file} ${JSON.stringify(textAt(one))}`);
  }
  const compared = accepted.length - rejected.length - between.compared;
  return {
    patterns: patterns.length,
    refusedByUs: refused.length,
    compared,
    matches,
    same,
    sameBound,
    share: compared === 0 ? null : Math.round((same / compared) * 10_000) / 100,
    filesParsedOtherwise: unlike.size,
    classes,
    partsOfPrograms: between,
    refusals,
    oursMs: Math.round(oursMs),
  };
}

/** Whether the pattern parses by itself: any other is read here as part of a program, and there with an error node that stands for any kind. */
function isProgram(text: string): boolean {
  const sign = signOf(language);
  const parsed = grammar.parse((language === 'php' ? '<?php ' : '') + withSign(text, sign), 10_000);
  if (parsed.kind !== 'tree') return false;
  const { tree } = parsed;
  return !tree.errors.some(
    (node) => tree.symbols[node] === errorSymbol && metavariableOf(tree.textOf(node), sign) === null,
  );
}

/** Of the patterns that we refuse, up to a hundred: what ast-grep does with them. */
function refusalsThere() {
  rmSync(path.join(folder, 'rules'), { recursive: true });
  mkdirSync(path.join(folder, 'rules'));
  const some = refused.slice(0, 100);
  some.forEach((text, at) => {
    writeRule(`p${at}`, { pattern: text });
  });
  const rejected: number[] = [];
  let out = scan(rejected);
  for (let tries = 0; out === null && tries < 100; tries++) out = scan(rejected);
  const matching = new Set<number>();
  for (const line of (out ?? '').split('\n')) if (line !== '') matching.add(Number(JSON.parse(line).ruleId.slice(1)));
  for (const at of [...matching].slice(0, Number(values.show) / 2))
    console.error('REFUSED BY US, MATCHES THERE', JSON.stringify(some[at]));
  return { asked: some.length, refusedThere: rejected.length, matchingThere: matching.size };
}

function textAt({ file, start, end }: Found): string {
  return files.find(({ name }) => name === file)?.bytes.toString('utf8', start, Math.min(end, start + 200)) ?? '';
}

/** Of these files those of which ast-grep has other nodes, by kind and bytes. */
function treesUnlike(names: ReadonlySet<string>): Set<string> {
  const unlike = new Set<string>();
  if (names.size === 0) return unlike;
  rmSync(path.join(folder, 'rules'), { recursive: true });
  mkdirSync(path.join(folder, 'rules'));
  const mine = new Map<string, Set<string>>();
  const kinds = new Set<string>();
  for (const { name, bytes } of files) {
    if (!names.has(name)) continue;
    const { text, toByte } = decodeSource(bytes);
    const parsed = grammar.parse(text, 10_000);
    if (parsed.kind !== 'tree') continue;
    const { tree } = parsed;
    const nodes = new Set<string>();
    for (let node = 0; node < tree.size; node++) {
      if (!tree.isNamed(node)) continue;
      kinds.add(tree.kind(node));
      nodes.add(`${tree.kind(node)} ${toByte(tree.start(node))}-${toByte(tree.end(node))}`);
    }
    mine.set(name, nodes);
  }
  const ids = [...kinds];
  ids.forEach((kind, at) => {
    writeRule(`k${at}`, { kind });
  });
  const gone: number[] = [];
  let out = scan(gone);
  for (let tries = 0; out === null && tries < 100; tries++) out = scan(gone);
  const other = new Map<string, Set<string>>([...names].map((name) => [name, new Set()]));
  for (const line of (out ?? '').split('\n')) {
    if (line === '') continue;
    const { ruleId, file, range } = JSON.parse(line);
    const kind = ids[Number(ruleId.slice(1))];
    other.get(path.basename(file))?.add(`${kind} ${range.byteOffset.start}-${range.byteOffset.end}`);
  }
  for (const [name, nodes] of mine) {
    const others = other.get(name) as Set<string>;
    if (nodes.size !== others.size || [...nodes].some((node) => !others.has(node))) unlike.add(name);
  }
  return unlike;
}

/** Whether ast-grep reads the pattern as another tree. */
function patternUnlike(text: string): boolean {
  const { stderr, stdout } = spawnSync(
    values['ast-grep'],
    ['run', '-p', text, '-l', known?.name ?? '', '--debug-query=pattern', path.join(folder, 'sgconfig.yml')],
    { encoding: 'utf8' },
  );
  const lines = `${stdout}${stderr}`.split('\n');
  const theirKinds = lines
    .flatMap((line) => /^\s*([a-z_]+)(?: |$)/.exec(line)?.[1] ?? [])
    .filter((kind) => kind.includes('_'));
  const parsed = grammar.parse(text, 10_000);
  if (parsed.kind !== 'tree') return true;
  const { tree } = parsed;
  const ourKinds = new Set(Array.from({ length: tree.size }, (_, node) => tree.kind(node)));
  return theirKinds.some((kind) => !ourKinds.has(kind));
}

function writeRule(id: string, rule: object): void {
  // JSON is YAML.
  const severity = 'warning';
  writeFileSync(
    path.join(folder, 'rules', `${id}.yml`),
    `${JSON.stringify({ id, language: known?.name, severity, message: 'm', rule })}\n`,
  );
}

/** @returns null when a rule was not taken; it is removed and its number noted */
function scan(rejected: number[] = []): string | null {
  const { stdout, stderr } = spawnSync(values['ast-grep'], ['scan', '-c', 'sgconfig.yml', '--json=stream', 'code'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const bad = /Cannot parse rule (\S+)/.exec(stderr)?.[1];
  if (bad === undefined) return stdout;
  const number = /(\d+)\.yml/.exec(bad)?.[1];
  if (number === undefined) throw new Error(stderr);
  rejected.push(Number(number));
  rmSync(path.isAbsolute(bad) ? bad : path.join(folder, bad.includes('rules') ? bad : path.join('rules', bad)));
  return null;
}

function chosenFiles(root: string, endings: readonly string[], count: number, dice: Random) {
  const all: string[] = [];
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const full = path.join(directory, entry.name);
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.')) visit(full);
      } else if (entry.isFile() && endings.some((ending) => entry.name.endsWith(ending))) all.push(full);
    }
  };
  visit(root);
  const chosen: { name: string; bytes: Buffer }[] = [];
  all.sort();
  while (all.length > 0 && chosen.length < count) {
    const [file] = all.splice(dice.int(all.length), 1);
    const bytes = readFileSync(file as string);
    if (bytes.length < 40 || bytes.length > 200_000) continue;
    chosen.push({ name: `${chosen.length}-${path.basename(file as string)}`, bytes });
  }
  return chosen;
}

function madePatterns(
  reader: Grammar,
  from: readonly { readonly bytes: Buffer }[],
  count: number,
  dice: Random,
): string[] {
  const made = new Set<string>();
  for (let tries = 0; made.size < count && tries < count * 20; tries++) {
    const { bytes } = from[dice.int(from.length)] as { bytes: Buffer };
    const parsed = reader.parse(decodeSource(bytes).text, 10_000);
    if (parsed.kind !== 'tree' || parsed.tree.errors.length > 0) continue;
    for (let more = 0; more < 8; more++) {
      const text = patternOf(parsed.tree, dice);
      if (text !== null && made.size < count) made.add(text);
    }
  }
  return [...made];
}

/** A node's text, in which descendants are replaced. */
function patternOf(tree: SyntaxTree, dice: Random): string | null {
  const node = 1 + dice.int(tree.size - 1);
  const length = tree.end(node) - tree.start(node);
  if (!tree.isNamed(node) || length < 4 || length > 400 || tree.isExtra(node) || tree.firstChild(node) < 0) return null;
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const names = new Map<string, string>();
  let replaced = 0;
  const nameFor = (text: string): string => {
    const before = names.get(text);
    if (before !== undefined) return before;
    const name = `V${letters[names.size % 26]}`;
    names.set(text, name);
    return name;
  };
  const write = (at: number, depth: number): string => {
    const children = tree.children(at);
    if (children.length === 0) return tree.textOf(at);
    let text = '';
    let place = tree.start(at);
    let run = -1;
    const named = children.filter((child) => tree.isNamed(child));
    // A run of siblings as one `$$$`.
    if (named.length > 1 && dice.int(5) === 0) run = dice.int(named.length);
    const runEnd = run < 0 ? -1 : run + 1 + dice.int(named.length - run);
    let index = -1;
    for (const child of children) {
      const isNamed = tree.isNamed(child);
      if (isNamed) index++;
      const inRun = run >= 0 && index >= run && index < runEnd;
      const between = tree.text.slice(place, tree.start(child));
      place = tree.end(child);
      if (inRun && (index > run || !isNamed)) continue;
      text += between;
      if (inRun) {
        replaced++;
        text += dice.int(2) === 0 ? '$$$' : `$$$${nameFor(`${tree.start(child)}`)}`;
      } else if (isNamed && !tree.isExtra(child) && dice.int(depth === 0 ? 3 : 4) === 0) {
        replaced++;
        text += dice.int(4) === 0 ? '$_' : `$${nameFor(tree.textOf(child))}`;
      } else text += write(child, depth + 1);
    }
    return text + tree.text.slice(place, tree.end(at));
  };
  const text = write(node, 0);
  // ast-grep's rules refuse a metavariable alone.
  if (/^\$+[A-Z_]*\s*$/.test(text)) return null;
  return replaced === 0 && dice.int(4) > 0 ? null : text;
}

function listAt<Key, Item>(lists: Map<Key, Item[]>, key: Key): Item[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
