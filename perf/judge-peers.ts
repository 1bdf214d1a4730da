/**
 * Are the checkers of `winnow judge` of the same mind as those of Kattis and testlib?
 *
 * ```
 * node perf/judge-peers.ts DIR [--pairs N] [--seed N]
 * ```
 *
 * `DIR` holds, compiled: `validator` (support/default_validator of https://github.com/Kattis/problemtools) and `wcmp`, `lcmp`, `rcmp6` (checkers
 * of https://github.com/MikeMirzayanov/testlib). Each pair is a key and an output made from it by random edits of words, numbers, case, white
 * space and lines; about half are right. Answers that differ are listed by kind with the first of each.
 *
 * Exit codes: 0 measured, 2 bad use.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Random, seededRandom } from '../src/base/mod.ts';
import { compare, type PlainChecker } from '../src/judge/checkers/compare.ts';
import { table } from './markdown.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pairs: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const [tools] = positionals;
if (tools === undefined) {
  process.stderr.write('usage: node perf/judge-peers.ts DIR [--pairs N] [--seed N]\n');
  process.exit(2);
}
const place = mkdtempSync(join(tmpdir(), 'winnow-peers-'));

/** @returns whether the tool finds the output right; null: it gives no verdict */
type Peer = (key: string, output: string) => boolean | null;

const kattis =
  (...flags: string[]): Peer =>
  (key, output) => {
    writeFileSync(join(place, 'key'), key);
    mkdirSync(join(place, 'feedback'), { recursive: true });
    const args = [join(place, 'key'), join(place, 'key'), join(place, 'feedback'), ...flags];
    const { status } = spawnSync(join(tools, 'validator'), args, { input: output });
    return status === 42 ? true : status === 43 ? false : null;
  };
const testlib =
  (name: string): Peer =>
  (key, output) => {
    writeFileSync(join(place, 'key'), key);
    writeFileSync(join(place, 'output'), output);
    const { status } = spawnSync(join(tools, name), [join(place, 'key'), join(place, 'output'), join(place, 'key')]);
    return status === 0 ? true : status === 1 || status === 2 ? false : null;
  };

const tokens = (more: Partial<Extract<PlainChecker, { kind: 'tokens' }>>): PlainChecker => ({
  kind: 'tokens',
  ignoreCase: false,
  spaces: false,
  tolerance: null,
  ...more,
});
const both = { absolute: 1e-6, relative: 1e-6 };

const rows: readonly (readonly [string, PlainChecker, Peer, (random: Random) => string])[] = [
  ['Kattis, default', tokens({ ignoreCase: true }), kattis(), text],
  ['Kattis, case_sensitive', tokens({}), kattis('case_sensitive'), text],
  [
    'Kattis, space_change_sensitive',
    tokens({ ignoreCase: true, spaces: true }),
    kattis('space_change_sensitive'),
    text,
  ],
  [
    'Kattis, float_tolerance 1e-6',
    tokens({ ignoreCase: true, tolerance: both }),
    kattis('float_tolerance', '1e-6'),
    text,
  ],
  [
    'Kattis, float_absolute_tolerance 1e-6',
    tokens({ ignoreCase: true, tolerance: { absolute: 1e-6, relative: null } }),
    kattis('float_absolute_tolerance', '1e-6'),
    text,
  ],
  ['testlib, wcmp (words)', tokens({}), testlib('wcmp'), text],
  ['testlib, lcmp (lines)', { kind: 'lines', ignoreCase: false, unordered: false }, testlib('lcmp'), lineText],
  ['testlib, rcmp6 (numbers)', tokens({ tolerance: both }), testlib('rcmp6'), numbers],
];

const words = [
  'a',
  'A',
  'yes',
  'YES',
  '0',
  '1',
  '-0',
  '1.',
  '.5',
  '0.5',
  '5e-1',
  '0.5000001',
  '0.500001',
  '1e400',
  'inf',
  'NaN',
  '1e-7',
  '1000000',
  '1000000.5',
  '1000002',
  '0x10',
  '1e',
  '+1',
] as const;
const blanks = [' ', ' ', ' ', '\n', '\n', '  ', '\t', '\r\n', ' \n', '\n\n'] as const;
const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.int(items.length)] as Item;

function text(random: Random): string {
  return Array.from({ length: random.int(6) }, () => pick(random, words) + pick(random, blanks)).join('');
}
/** `lcmp` takes blanks within a line for one and leaves out those before it, where ours are of another mind: there are none. */
function lineText(random: Random): string {
  const ends = [' ', ' ', '\n', '\n', ' \n', '\n\n'] as const;
  return Array.from({ length: random.int(6) }, () => pick(random, words) + pick(random, ends)).join('');
}
function numbers(random: Random): string {
  const plain = words.filter((word) => /^-?\d+(\.\d+)?$/.test(word));
  return Array.from({ length: 1 + random.int(4) }, () => pick(random, plain) + pick(random, blanks)).join('');
}

/** A few edits: another word, another white space, one more or one less. */
function edited(random: Random, key: string, make: (random: Random) => string): string {
  const parts = key.split(/(\s+)/);
  for (let edits = random.int(3); edits > 0 && parts.length > 0; edits--) {
    const at = random.int(parts.length);
    const isBlank = /^\s+$/.test(parts[at] as string);
    const way = random.int(4);
    if (way === 0) parts[at] = isBlank ? pick(random, blanks) : (make(random).trim().split(/\s+/)[0] ?? '');
    else if (way === 1) parts[at] = isBlank ? pick(random, blanks) : (parts[at] as string).toUpperCase();
    else if (way === 2) parts.push(pick(random, blanks));
    else if (random.int(2) === 0) parts.splice(at, 1);
  }
  return parts.join('');
}

try {
  const lines = [
    [
      'checker',
      'pairs',
      'right by both',
      'wrong by both',
      'ours alone right',
      'theirs alone right',
      'no verdict of theirs',
    ],
  ];
  const odd: string[] = [];
  for (const [name, checker, peer, make] of rows) {
    const random = seededRandom(Number(values.seed));
    const counts = { right: 0, wrong: 0, ours: 0, theirs: 0, none: 0 };
    for (let pair = 0; pair < Number(values.pairs); pair++) {
      const key = make(random);
      const output = edited(random, key, make);
      const isRight = compare(checker, Buffer.from(key), Buffer.from(output)).kind === 'right';
      const theirs = peer(key, output);
      const kind =
        theirs === null ? 'none' : isRight === theirs ? (isRight ? 'right' : 'wrong') : isRight ? 'ours' : 'theirs';
      counts[kind]++;
      if (kind !== 'right' && kind !== 'wrong' && counts[kind] <= 3)
        odd.push(`${name}, ${kind}: key ${JSON.stringify(key)}, output ${JSON.stringify(output)}`);
    }
    const { right, wrong, ours, theirs, none } = counts;
    lines.push([name, values.pairs, ...[right, wrong, ours, theirs, none].map(String)]);
  }
  process.stdout.write(`${table(lines)}\n${odd.map((line) => `${line}\n`).join('')}`);
} finally {
  rmSync(place, { recursive: true, force: true });
}
