import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../index/mod.ts';
import { openTable } from '../table.ts';
import { mineTexts } from './texts.ts';
import { type TrainingOptions, trainFrom } from './train.ts';
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
  dimension: 16,
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

describe('training', () => {
  test('learns what words mean, and says how well', async () => {
    const { bytes, report } = await trainFrom(options());
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
    expect(existsSync(join(root, 'checkpoint'))).toBe(false);
  });

  test('is the same again, with what was mined', async () => {
    const first = await trainFrom(options({ epochs: 1 }));
    const mined: unknown[] = [];
    const again = await trainFrom(options({ epochs: 1, onMined: (_, reply) => mined.push(reply) }));
    expect(mined).toEqual([null, null, null]);
    expect(Buffer.compare(Buffer.from(first.bytes), Buffer.from(again.bytes))).toBe(0);
    const other = await trainFrom(options({ epochs: 1, seed: 5 }));
    expect(Buffer.compare(Buffer.from(first.bytes), Buffer.from(other.bytes))).not.toBe(0);
  });

  test('goes on after an interruption as if there had been none', async () => {
    const whole = await trainFrom(options({ epochs: 2 }));
    const stop = new AbortController();
    const interrupted = trainFrom(
      options({ epochs: 2, signal: stop.signal, onTrained: ({ step }) => step === 24 && stop.abort() }),
    );
    await expect(interrupted).rejects.toThrow();
    expect(existsSync(join(root, 'checkpoint'))).toBe(true);
    const steps: number[] = [];
    const resumed = await trainFrom(options({ epochs: 2, onTrained: ({ step }) => steps.push(step) }));
    expect(steps[0]).toBe(21);
    expect(Buffer.compare(Buffer.from(resumed.bytes), Buffer.from(whole.bytes))).toBe(0);
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
    const { report } = await trainFrom(
      options({ epochs: 0.1, away: [await mineTexts([{ path: 'x.py', text }], loadGrammarFile)] }),
    );
    expect(report.counts.keptAway).toBeGreaterThan(0);
    expect(report.examples).toBeLessThan(800);
  });

  test('copies of what is held out are not learned', async () => {
    const { report } = await trainFrom(
      options({ epochs: 0.1, train: [source('one'), source('two'), { ...source('held'), name: 'copy' }] }),
    );
    expect(report.counts.copies).toBeGreaterThanOrEqual(400);
  });

  test('one repository holds some of itself out', async () => {
    const { report } = await trainFrom(options({ epochs: 1, held: [], train: [source('one')] }));
    expect(report.pairs).toBeLessThan(800);
    expect(report.pairs).toBeGreaterThan(700);
  });

  test('nothing to learn from is said', async () => {
    mkdirSync(join(root, 'empty'));
    writeFileSync(join(root, 'empty', 'a.py'), 'x = 1\n');
    await expect(trainFrom(options({ held: [], train: [source('empty')] }))).rejects.toMatchObject({
      code: 'bad-data',
    });
  });

  test('a damaged shard is said', async () => {
    const work = join(root, 'damaged');
    cpSync(join(root, 'work'), work, { recursive: true });
    for (const name of readdirSync(work)) writeFileSync(join(work, name), 'no');
    await expect(trainFrom(options({ work }))).rejects.toMatchObject({ code: 'bad-data' });
  });
});
