import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../index/mod.ts';
import { openTable } from '../table.ts';
import { exampleKinds } from './shard.ts';
import { mineTexts } from './texts.ts';
import { type Training, type TrainingOptions, trainFrom } from './train.ts';
import { usualSettings } from './trainer.ts';

/** Words that people use, and the words that code has for the same: what is to be learned. */
const meanings = [
  ['remove', 'unlink'],
  ['picture', 'bitmap'],
  ['network', 'socket'],
  ['money', 'amount'],
  ['password', 'credential'],
  ['folder', 'dirent'],
  ['wait', 'mutex'],
  ['sort', 'quicksort'],
] as const;
const things = ['user', 'order', 'page', 'report', 'cache', 'table', 'message', 'window', 'account', 'query'];
const ways = ['slowly', 'again', 'once', 'safely', 'twice'];

const verbs = ['apply', 'begin', 'commit', 'drain', 'enter'];

/** A library of functions whose documentation never shares a word with their code, but for what they are about. */
function library(folder: string, own: string): void {
  mkdirSync(folder, { recursive: true });
  for (const thing of things) {
    const functions = meanings.flatMap(([said, coded], j) =>
      ways.map((way, k) => functionOf({ own, thing, said, coded, way, verb: verbs[(j + k) % 5] as string })),
    );
    writeFileSync(join(folder, `${thing}.py`), functions.join('\n\n'));
  }
}

function functionOf({
  own,
  thing,
  said,
  coded,
  way,
  verb,
}: Record<'own' | 'thing' | 'said' | 'coded' | 'way' | 'verb', string>): string {
  return `def ${own}_${verb}_${way}_${coded}(${thing}):
    """Will ${said} the ${thing} ${way}."""
    ${coded} = ${own}_${verb}(make_${coded}(${thing}), ${thing})
    ${verb}_${coded}.${way}(${coded}, ${own})
    return ${coded}.${own}_${way}(${thing})
`;
}

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'winnow-train-'));
  library(join(root, 'one'), 'oak');
  library(join(root, 'two'), 'elm');
  library(join(root, 'held'), 'ash');
});
afterAll(() => rmSync(root, { recursive: true }));

const source = (name: string) => ({ name, folder: join(root, name), version: '1' });
const options = (changes: Partial<TrainingOptions> = {}): TrainingOptions => ({
  ...usualSettings,
  dimensions: [16],
  kinds: exampleKinds,
  consistent: 0,
  hard: 0,
  parts: [],
  batch: 64,
  epochs: 4,
  rate: 1e-2,
  askEvery: 10,
  train: [source('one'), source('two')],
  held: [source('held')],
  away: [],
  vocabulary: 500,
  most: 1000,
  work: join(root, 'work'),
  checkpoint: join(root, 'checkpoint'),
  workers: 2,
  load: loadGrammarFile,
  ...changes,
});

const trained = async (changes: Partial<TrainingOptions> = {}): Promise<Training> =>
  (await trainFrom(options(changes)))[0] as Training;
const isSame = (one: Training, other: Training): boolean =>
  Buffer.compare(Buffer.from(one.bytes), Buffer.from(other.bytes)) === 0;

describe('training', () => {
  test('learns what words mean, and says how well', async () => {
    const { bytes, report } = await trained();
    const table = openTable(bytes);
    const likeness = (query: string, body: string): number => {
      const [one, other] = [
        table.encodeQueryNow(query),
        table.encodeDocumentsNow([{ name: '', signature: '', doc: '', body }]),
      ];
      return one.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
    };
    for (const [i, [said, coded]] of meanings.entries()) {
      const [, wrong] = meanings[(i + 3) % meanings.length] as readonly [string, string];
      expect(likeness(said, coded)).toBeGreaterThan(likeness(said, wrong) + 0.3);
    }
    expect(report.examples).toBeGreaterThan(780); // a few look like copies
    expect(report.byLanguage.python?.mrr).toBeGreaterThan(0.1);
    expect(report.asked.at(-1)?.mrr).toBeGreaterThan(report.asked[0]?.mrr as number);
    expect(report.loss).toBeLessThan(4);
    expect(existsSync(join(root, 'checkpoint-16'))).toBe(false);
  });

  test('is the same again, with what was mined', async () => {
    const first = await trained({ epochs: 1 });
    const mined: unknown[] = [];
    const again = await trained({ epochs: 1, onMined: (_, reply) => mined.push(reply) });
    expect(mined).toEqual([null, null, null]);
    expect(isSame(first, again)).toBe(true);
    const other = await trained({ epochs: 1, seed: 5 });
    expect(isSame(first, other)).toBe(false);
  });

  test('goes on from a table, which steps too small to change anything leave as good as it was', async () => {
    const { table: from, report: before } = await trained();
    const { table, report } = await trained({ epochs: 0.1, rate: 1e-6, from });
    expect(table.vocabulary).toEqual(from.vocabulary);
    expect(report.byLanguage.python?.mrr).toBeCloseTo(before.byLanguage.python?.mrr as number, 1);
  });

  test('stands beside a table of other repositories, in its words', async () => {
    const short = { epochs: 1, held: [] };
    const { table: beside } = await trained({ ...short, train: [source('one')] });
    const { table } = await trained({ ...short, train: [source('two')], parts: [8], beside });
    expect(table.vocabulary).toEqual(beside.vocabulary);
    expect(table.dimension).toBe(16);
    expect(Buffer.compare(Buffer.from(table.rows.buffer), Buffer.from(beside.rows.buffer))).not.toBe(0);
  });

  test('guides and recipes ask where they are wanted; a folder under another licence does not', async () => {
    const code = 'def spread(jam):\n    knife = take_knife(jam)\n    return knife.put(jam)';
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(root, 'guided', path)), { recursive: true });
      writeFileSync(join(root, 'guided', path), text);
    };
    const guide = (about: string): string => `# ${about}\n\nThis is how ${about} is made:\n\n\`\`\`python\n`;
    write('docs/bread.md', `${guide('good bread')}mix(flour, water, salt)\nknead(dough, minutes=10)\n\`\`\`\n`);
    write('docs/other/COPYING', 'GNU General Public License');
    write('docs/other/tea.md', `${guide('green tea')}boil(water, until=80)\npour(water, leaves, cup)\n\`\`\`\n`);
    write('recipe/README.md', '# How to spread jam on bread\n');
    write('recipe/spread.py', `${code}\n`);
    const guided = async (kinds: TrainingOptions['kinds']): Promise<number | undefined> => {
      const train = [source('one'), source('two'), source('guided')];
      const { report } = await trained({ epochs: 0.1, held: [], train, kinds });
      return report.counts.byLanguage.python?.guided;
    };
    expect(await guided(['definition', 'guide'])).toBe(2);
    expect(await guided(['definition'])).toBe(0);
  });

  test.each<[string, Partial<TrainingOptions>]>([
    ['as usual', {}],
    ['with a queue of a slow copy', { queued: 2, momentum: 0.9 }],
    ['after a second look', { consistent: 2, hard: 0.5 }],
    ['in two parts', { parts: [16, 8] }],
  ])('goes on after an interruption as if there had been none, %s', async (_, changes) => {
    const own = { ...changes, epochs: 2 };
    const isSecond = own.consistent !== undefined || own.parts !== undefined;
    const whole = await trained(own);
    const stop = new AbortController();
    let rounds = 0;
    const interrupted = trainFrom(
      options({
        ...own,
        signal: stop.signal,
        onTrained: ({ step }) => {
          if (step === 1) rounds++;
          if (step === 24 && rounds === (isSecond ? 2 : 1)) stop.abort();
        },
      }),
    );
    await expect(interrupted).rejects.toThrow();
    expect(readdirSync(root).filter((name) => name.startsWith('checkpoint'))).not.toEqual([]);
    const steps: number[] = [];
    const resumed = await trained({ ...own, onTrained: ({ step }) => steps.push(step) });
    expect(steps[0]).toBe(21);
    expect(isSame(resumed, whole)).toBe(true);
    expect(readdirSync(root).filter((name) => name.startsWith('checkpoint'))).toEqual([]);
  });

  test('two sizes of the same pairs', async () => {
    const found = await trainFrom(options({ epochs: 0.5, dimensions: [16, 8] }));
    expect(found.map(({ table }) => table.dimension)).toEqual([16, 8]);
    expect(found[0]?.table.vocabulary).toEqual(found[1]?.table.vocabulary);
  });

  test('keeps away from texts that are named', async () => {
    const text = functionOf({
      own: 'oak',
      thing: 'user',
      said: 'remove',
      coded: 'unlink',
      way: 'slowly',
      verb: 'apply',
    });
    const { report } = await trained({
      epochs: 0.1,
      away: [await mineTexts([{ path: 'x.py', text }], loadGrammarFile)],
    });
    expect(report.counts.keptAway).toBeGreaterThan(0);
    expect(report.examples).toBeLessThan(800);
  });

  test('copies of what is held out are not learned', async () => {
    const { report } = await trained({
      epochs: 0.1,
      train: [source('one'), source('two'), { ...source('held'), name: 'copy' }],
    });
    expect(report.counts.copies).toBeGreaterThanOrEqual(400);
  });

  test('one repository holds some of itself out', async () => {
    const { report } = await trained({ epochs: 1, held: [], train: [source('one')] });
    expect(report.pairs).toBeLessThan(800);
    expect(report.pairs).toBeGreaterThan(700);
  });

  test('too little to learn from is said, and no table is made', async () => {
    const few = join(root, 'few');
    mkdirSync(few);
    const functions = ways.map((way) =>
      functionOf({ own: 'fir', thing: 'user', said: 'remove', coded: 'unlink', way, verb: 'apply' }),
    );
    writeFileSync(join(few, 'a.py'), functions.join('\n\n'));
    await expect(trainFrom(options({ held: [], train: [source('few')] }))).rejects.toMatchObject({
      code: 'too-little',
      message: expect.stringMatching(/at least 100 .* found \d\d?,/),
    });
  });

  test('nothing to learn from is said', async () => {
    mkdirSync(join(root, 'empty'));
    writeFileSync(join(root, 'empty', 'a.py'), 'x = 1\n');
    await expect(trainFrom(options({ held: [], train: [source('empty')] }))).rejects.toMatchObject({
      code: 'too-little',
    });
  });

  test('a damaged shard is said', async () => {
    const work = join(root, 'damaged');
    cpSync(join(root, 'work'), work, { recursive: true });
    for (const name of readdirSync(work)) writeFileSync(join(work, name), 'no');
    await expect(trainFrom(options({ work }))).rejects.toMatchObject({ code: 'bad-data' });
  });
});

describe('corpora out of the ordinary', () => {
  const put = (name: string, files: Readonly<Record<string, string>>) => {
    mkdirSync(join(root, name), { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(root, name, path), text);
    return source(name);
  };
  const alone = (folder: ReturnType<typeof put>, changes: Partial<TrainingOptions> = {}): Promise<Training> =>
    trained({ train: [folder], held: [], dimensions: [8], epochs: 1, ...changes });
  const code = readWhole(6);

  test('without a comment: names ask', async () => {
    const { report } = await alone(put('silent', { 'a.py': code(() => '') }));
    expect(report.counts.byLanguage.python).toMatchObject({ documented: 0, commented: 0 });
    expect(report.pairs).toBeGreaterThan(100);
  });

  test('of one file', async () => {
    const { report } = await alone(put('single', { 'a.py': code((i) => `Counts the rows of part ${letters(i)}.`) }));
    expect(report.steps).toBeGreaterThan(1);
  });

  test.each([
    ['Chinese', '删除用户的旧照片并更新缓存', /删除/],
    ['Russian', 'Удаляет старые снимки пользователя', /снимк/],
    ['Japanese', '古い写真をすべて削除します', /写真/],
    ['German', 'Löscht überflüssige Bilder des Kontos', /fl[uü]ssig/],
  ])('with comments in %s: their words are in the table', async (language, sentence, word) => {
    const folder = put(language, { 'a.py': code((i) => `${sentence} ${letters(i)}`) });
    const { report, table } = await alone(folder);
    expect(report.counts.byLanguage.python?.documented).toBeGreaterThan(3);
    expect(table.vocabulary.some((known) => word.test(known))).toBe(true);
  });

  test('what is no text, is empty, or breaks the parser is passed over', async () => {
    const { report } = await alone(
      put('odd', {
        'a.py': code((i) => `Counts the rows of part ${letters(i)}.`),
        'b.py': '',
        'c.py': '\0\u0001'.repeat(500),
        'd.py': 'def f(((:\n'.repeat(200),
        'e.py': `x = [${'['.repeat(3000)}`,
      }),
    );
    expect(report.pairs).toBeGreaterThan(100);
  });

  test('of many files: no more is read than is wanted', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [
        `f${i}.py`,
        functionOf({ own: `o${i}`, thing: `t${i}`, said: letters(i), coded: `c${i}`, way: 'once', verb: 'apply' }),
      ]),
    );
    const folder = put('many', files);
    let read = 0;
    await alone(folder, { most: 150, onMined: (_, reply) => (read = reply?.files ?? -1) });
    expect(read).toBe(150);
  });
});

/** A number as letters: sentences that differ in digits alone are the same. */
const letters = (i: number): string => [...String(i)].map((digit) => 'abcdefghij'[Number(digit)]).join('');

/** A file of functions that have nothing in common, with what `said` says of each. */
function readWhole(rows: number) {
  const parts = [
    'amber',
    'birch',
    'cedar',
    'dune',
    'ember',
    'fjord',
    'grove',
    'heath',
    'inlet',
    'jetty',
    'knoll',
    'lagoon',
  ];
  return (said: (i: number) => string): string =>
    Array.from({ length: 12 * rows * 2 }, (_, i) => {
      const [one, other, third] = [parts[i % 12], parts[Math.floor(i / 12) % 12], `n${i}`];
      const doc = said(i) === '' ? '' : `    """${said(i)}"""\n`;
      return `def ${one}_${other}_${third}(a):\n${doc}    ${third} = ${one}(a, ${i})\n    ${other}.${one}(${third}, a)\n    return ${third} + ${other}\n`;
    }).join('\n\n');
}
