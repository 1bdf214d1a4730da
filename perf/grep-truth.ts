/**
 * Whether `winnow grep` prints what ripgrep prints: generated patterns and flags over a real tree, byte for byte.
 *
 *   node perf/grep-truth.ts TREE [--rg PROGRAM] [--patterns N] [--seed N] [--home DIR]
 *
 * Patterns are made from pieces of the tree's own text, taken apart and widened, and from a grammar of the syntax; a part is not sound on
 * purpose, and both must refuse it. Winnow runs in this process, the index is warm after the first pattern.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/base/mod.ts';
import { ours, theirs } from './grep-both.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rg: { type: 'string', default: 'rg' },
    patterns: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    home: { type: 'string' },
  },
});
const tree = positionals[0];
if (tree === undefined) throw new Error('give a tree');
const home = values.home ?? mkdtempSync(path.join(tmpdir(), 'winnow-grep-'));

/** Files whose text patterns are made of. */
const sampledFiles = 400;

const random = seededRandom(Number(values.seed));
const pick = <T>(items: readonly T[]): T => items[random.int(items.length)] as T;
const below = (most: number): number => random.int(Math.max(1, most));
const chance = (share: number): boolean => random.next() < share;

function sampleLines(root: string): string[] {
  const files: string[] = [];
  const walk = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const full = path.join(directory, entry.name);
      if (entry.isDirectory()) walk(full);
      else if (entry.isFile()) files.push(full);
    }
  };
  walk(root);
  const lines: string[] = [];
  for (let i = 0; i < sampledFiles && files.length > 0; i++) {
    const text = readFileSync(pick(files), 'utf8');
    if (text.includes('\0')) continue;
    const all = text.split('\n').filter((line) => line.trim() !== '' && line.length < 300);
    for (let j = 0; j < 10 && all.length > 0; j++) lines.push(pick(all));
  }
  return lines;
}

const lines = sampleLines(tree);

const escaped = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$#&~-]/g, '\\$&');

/** A piece of a line with some of its characters widened. */
function fromText(): string {
  const line = pick(lines).trim();
  const characters = Array.from(line);
  const from = below(characters.length);
  const piece = characters.slice(from, from + 1 + below(14));
  return piece
    .map((character) => {
      const how = random.next();
      if (how < 0.8) return escaped(character);
      if (/\w/.test(character) && how < 0.9)
        return pick(['\\w', '.', '[a-z]', '\\w+', '[[:alnum:]]', `[${character}x]`, `${character}?`]);
      if (/\s/.test(character)) return pick(['\\s', '\\s+', '\\s*', '[ \\t]', '.']);
      return pick(['.', '.*', '[^a]', `(?:${escaped(character)}|q)`, `${escaped(character)}{1,2}`, '.*?', '\\W']);
    })
    .join('');
}

function atom(depth: number): string {
  const kind = below(12);
  if (kind < 4) return escaped(pick(Array.from(pick(lines))) ?? 'a');
  if (kind < 6)
    return pick([
      '\\w',
      '\\d',
      '\\s',
      '\\W',
      '\\D',
      '\\S',
      '.',
      '\\b',
      '\\B',
      '^',
      '$',
      '\\t',
      '\\x41',
      '\\pL',
      '\\p{Lu}',
      '\\PN',
      '\\A',
      '\\z',
      '\\b{start}',
      '\\b{end}',
      '\\<',
      '\\>',
    ]);
  if (kind < 8)
    return pick([
      '[a-f]',
      '[^a-z]',
      '[0-9_]',
      '[[:upper:]]',
      '[^[:space:]]',
      '[a-z&&[^aeiou]]',
      '[\\w--\\d]',
      '[a-cx-z~~b]',
      '[]a]',
      '[-a]',
      '[\\]\\-]',
      '[é-ü]',
      '[^\\x00-\\x7F]',
    ]);
  if (kind < 9)
    return pick(['(?i:a)', '(?i)', '(?s:.)', '(?-u:\\w)', '(?m:^)', '(?x: a b )', '(?U:a*)', '(?-u:[^a])', '()']);
  if (depth > 3) return 'e';
  return `(${pick(['', '?:', '?P<n>', ''])}${pattern(depth + 1)})`;
}

function pattern(depth: number): string {
  const parts: string[] = [];
  for (let i = 1 + below(4); i > 0; i--) {
    const part = chance(0.3) ? fromText().slice(0, 8) : atom(depth);
    parts.push(chance(0.3) ? part + pick(['*', '+', '?', '{2}', '{1,3}', '*?', '+?', '{2,}', '??']) : part);
    if (chance(0.12)) parts.push('|');
  }
  return parts.join('');
}

function words(): string[] {
  const flags: string[] = [];
  const add = (share: number, ...flag: string[]): void => {
    if (chance(share)) flags.push(...flag);
  };
  // Of these ripgrep takes the last, wherever it stands; here -i counts before -S.
  if (chance(0.2)) flags.push('-i');
  else add(0.1, '-S');
  add(0.12, '-w');
  add(0.06, '-x');
  add(0.06, '-v');
  add(0.1, '-U');
  add(0.05, '-F');
  add(0.05, '-a');
  add(0.5, '-n');
  add(0.05, '--hidden');
  add(0.05, '--no-ignore');
  add(0.1, '-m', String(below(5)));
  add(0.08, '-g', pick(['*.py', '!*.ts', 'src/**', '*.{c,h}', '**/test*/**', '!docs/', '[a-m]*']));
  add(0.08, '-t', pick(['py', 'js', 'ts', 'c', 'md', 'rust', 'go', 'java', 'json', 'yaml']));
  const kind = random.next();
  if (kind < 0.15) flags.push('-c');
  else if (kind < 0.25) flags.push('-l');
  else if (kind < 0.4) flags.push('-o');
  else if (kind < 0.5) flags.push('-C', String(below(3)));
  else if (kind < 0.55) flags.push('-A', String(below(4)), '-B', String(below(2)));
  else if (kind < 0.6) flags.push('--count-matches');
  else if (kind < 0.63) flags.push('--files-without-match');
  else if (kind < 0.68) flags.push('--column');
  const patterns = chance(0.1) ? [fromText(), fromText()] : [chance(0.6) ? fromText() : pattern(0)];
  return [...flags, ...patterns.flatMap((one) => ['-e', one]), '--', './'];
}

function difference(a: Buffer, b: Buffer): string {
  const [left, right] = [a.toString('latin1').split('\n'), b.toString('latin1').split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  const index = at === -1 ? left.length : at;
  return `    line ${index + 1} of ${left.length} and ${right.length}\n    ours   ${left[index]?.slice(0, 200)}\n    theirs ${right[index]?.slice(0, 200)}`;
}

const tally = { same: 0, found: 0, bothRefuse: 0, onlyOursRefuses: 0, onlyTheirsRefuses: 0, different: 0 };
const startedMs = performance.now();
for (let i = 0; i < Number(values.patterns); i++) {
  const args = words();
  const [mine, rg] = [await ours(tree, home, args), theirs(values.rg, tree, args)];
  const shown = args.map((word) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
  const [oursRefuses, theirsRefuses] = [mine.exit === 2, rg.exit === 2 && rg.out.length === 0];
  if (oursRefuses && theirsRefuses) tally.bothRefuse++;
  else if (oursRefuses) {
    tally.onlyOursRefuses++;
    process.stdout.write(`only ours refuses: ${shown}\n    ${mine.said.split('\n')[0]}\n`);
  } else if (theirsRefuses) {
    tally.onlyTheirsRefuses++;
    process.stdout.write(`only theirs refuses: ${shown}\n    ${rg.said.trim().split('\n').at(-1)}\n`);
  } else if (mine.exit === rg.exit && mine.out.equals(rg.out)) {
    tally.same++;
    if (mine.out.length > 0) tally.found++;
  } else {
    tally.different++;
    process.stdout.write(
      `different: ${shown}\n    exit ${mine.exit} and ${rg.exit}\n${difference(mine.out, rg.out)}\n`,
    );
  }
}
process.stdout.write(`${JSON.stringify(tally)} in ${Math.round((performance.now() - startedMs) / 1000)} s\n`);
if (values.home === undefined) rmSync(home, { recursive: true });
