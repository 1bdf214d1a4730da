/**
 * Rules beside ast-grep: are the same nodes found?
 *
 * `node perf/rule-truth.ts --tree DIR --lang javascript --ast-grep FILE [--rules 300] [--files 60] [--seed 1] [--show 10]`
 *
 * Rules are made of real code: a node's kind or text, and what is around, below, before and behind it, combined at random. Both programs read the same file of rules.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Random, seededRandom } from '../src/base/mod.ts';
import { languageNamed } from '../src/code/languages/table.ts';
import { decodeSource } from '../src/code/source.ts';
import { createEngine } from '../src/code/tree/engine.ts';
import type { SyntaxTree } from '../src/code/tree/tree.ts';
import { loadGrammarFile } from '../src/index/mod.ts';
import { readLanguages } from '../src/search/pattern/languages.ts';
import { readRules } from '../src/search/pattern/rules-file.ts';
import { patternFinder } from '../src/search/pattern/work.ts';

const { values } = parseArgs({
  options: {
    tree: { type: 'string' },
    lang: { type: 'string' },
    'ast-grep': { type: 'string', default: 'ast-grep' },
    rules: { type: 'string', default: '300' },
    files: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '8' },
  },
});

const language = values.lang ?? '';
const described = languageNamed(language);
if (described?.form !== 'grammar' || values.tree === undefined) throw new Error('give --tree and --lang');
const ending = `.${described.extensions[0]}`;
const dice = seededRandom(Number(values.seed));
const grammar = await (await createEngine(loadGrammarFile)).loadGrammar(described.grammar);
const files = chosenFiles(values.tree);
const rules: { id: string; language: string; severity: string; message: string; rule: object }[] = [];
for (let tries = 0; rules.length < Number(values.rules) && tries < 20_000; tries++) {
  const { bytes } = files[dice.int(files.length)] as { bytes: Buffer };
  const parsed = grammar.parse(decodeSource(bytes).text, 10_000);
  if (parsed.kind !== 'tree' || parsed.tree.errors.length > 0) continue;
  for (let more = 0; more < 5; more++)
    rules.push({
      id: `p${rules.length}`,
      language,
      severity: 'warning',
      message: 'm',
      rule: ruleOf(parsed.tree, 1 + dice.int(parsed.tree.size - 1), dice, 2, true),
    });
}

const languages = await readLanguages();
const finder = await patternFinder();
const read = await readRules(rules.map((rule) => `${JSON.stringify(rule)}\n`).join('---\n'), 'rules', languages);
for (const [at, { set }] of read.rules.entries()) await finder.add(at, language, set);
const ours = rules.map(() => new Set<string>());
const partial: string[] = [];
for (const { name, bytes } of files) {
  const found = finder.search(name, bytes);
  if (found.kind === 'skipped') continue;
  if (found.partial !== null) partial.push(name);
  for (const { rule, span } of found.matches) ours[rule]?.add(`${name} ${span.start} ${span.end}`);
}

const folder = mkdtempSync(path.join(tmpdir(), 'rule-truth-'));
mkdirSync(path.join(folder, 'code'));
mkdirSync(path.join(folder, 'rules'));
for (const { name, bytes } of files) writeFileSync(path.join(folder, 'code', name), bytes);
writeFileSync(path.join(folder, 'sgconfig.yml'), 'ruleDirs: [rules]\n');
for (const rule of rules) writeFileSync(path.join(folder, 'rules', `${rule.id}.yml`), `${JSON.stringify(rule)}\n`);
const { stdout, stderr } = spawnSync(values['ast-grep'], ['scan', '-c', 'sgconfig.yml', '--json=stream', 'code'], {
  cwd: folder,
  encoding: 'utf8',
  maxBuffer: 2 ** 30,
});
rmSync(folder, { recursive: true, force: true });
const theirs = rules.map(() => new Set<string>());
for (const line of stdout.split('\n')) {
  if (line === '') continue;
  const { ruleId, file, range } = JSON.parse(line);
  theirs[Number(ruleId.slice(1))]?.add(`${path.basename(file)} ${range.byteOffset.start} ${range.byteOffset.end}`);
}
if (stdout === '') console.error(stderr.slice(0, 2_000));
let [same, matches, shown] = [0, 0, 0];
rules.forEach(({ rule }, at) => {
  const [mine, other] = [ours[at] as Set<string>, theirs[at] as Set<string>];
  matches += other.size;
  const lacking = [...other].filter((one) => !mine.has(one) && !partial.includes(one.split(' ')[0] as string));
  const extra = [...mine].filter((one) => !other.has(one));
  if (lacking.length + extra.length === 0) same++;
  else if (shown++ < Number(values.show))
    console.error(JSON.stringify(rule), 'only theirs', lacking.slice(0, 2), 'only ours', extra.slice(0, 2));
});
const share = Math.round((same / rules.length) * 10_000) / 100;
const root = path.basename(values.tree);
console.log(
  JSON.stringify({
    language,
    tree: root,
    files: files.length,
    rules: rules.length,
    matches,
    same,
    share,
    partial: partial.length,
  }),
);

function chosenFiles(root: string) {
  const all: string[] = [];
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const full = path.join(directory, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.')) visit(full);
      else if (entry.isFile() && entry.name.endsWith(ending)) all.push(full);
    }
  };
  visit(root);
  all.sort();
  const chosen: { name: string; bytes: Buffer }[] = [];
  while (all.length > 0 && chosen.length < Number(values.files)) {
    const [file] = all.splice(dice.int(all.length), 1);
    const bytes = readFileSync(file as string);
    if (bytes.length >= 40 && bytes.length <= 60_000)
      chosen.push({ name: `${chosen.length}-${path.basename(file as string)}`, bytes });
  }
  return chosen;
}

/** A rule that the node meets, or nearly. @param anchored ast-grep wants a kind in each rule */
function ruleOf(tree: SyntaxTree, node: number, random: Random, depth: number, anchored: boolean): object {
  const rule: Record<string, unknown> = {};
  const named = nearestNamed(tree, node);
  const text = tree.textOf(named);
  const plain = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\([\w\s,.]*\)$/.test(text);
  if (plain && random.int(2) === 0)
    rule.pattern = text.replace(/[\w.]+\)$/, (last) => (last.startsWith('$') ? last : '$A)'));
  else rule.kind = tree.kind(named);
  if (rule.kind === 'ERROR') rule.kind = tree.kind(0);
  if (depth === 0) return rule;
  const below = (at: number): object => ruleOf(tree, at, random, depth - 1, false);
  const relation = (at: number): object => {
    const made: Record<string, unknown> = { ...below(at) };
    const how = random.int(3);
    if (how === 0) made.stopBy = 'end';
    if (how === 1) made.stopBy = { kind: tree.kind(nearestNamed(tree, random.int(tree.size))) };
    return made;
  };
  const some = (): boolean => random.int(3) === 0;
  if (some()) {
    let above = tree.parent(named);
    while (above > 0 && random.int(2) === 0) above = tree.parent(above);
    if (above >= 0) rule.inside = relation(above);
  }
  const size = tree.next(named) - named;
  if (some() && size > 1) rule.has = relation(named + 1 + random.int(size - 1));
  const next = tree.nextSibling(named);
  if (some() && next >= 0) rule.precedes = relation(next);
  const parent = tree.parent(named);
  if (some() && parent >= 0 && parent + 1 < named) rule.follows = relation(parent + 1);
  if (random.int(6) === 0) rule.not = below(random.int(tree.size));
  if (random.int(6) === 0) rule.any = [below(random.int(tree.size)), below(named)];
  if (random.int(8) === 0) rule.nthChild = ['2n+1', 1, { position: 1, reverse: true }, '-n+2'][random.int(4)];
  if (random.int(8) === 0) rule.regex = text.slice(0, 3).replace(/[^A-Za-z]/g, '.');
  return anchored && rule.kind === undefined && rule.pattern === undefined ? { ...rule, kind: tree.kind(named) } : rule;
}

function nearestNamed(tree: SyntaxTree, node: number): number {
  let at = node;
  while (at > 0 && !tree.isNamed(at)) at = tree.parent(at);
  return at;
}
