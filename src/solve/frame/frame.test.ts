import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { strategies } from '../strategies/table.ts';
import { beginFolder, readFolder, resumeFolder } from './journal.ts';
import { checkRange, isRanged, rangeOf } from './ranges.ts';
import { headOfRun } from './runfolder.ts';
import { parametersOf } from './solve.ts';
import type { Step } from './step.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-frame-'));
afterAll(() => rmSync(dir, { recursive: true }));

const step: Step = { path: '0', kind: 'note', title: 'a', startMs: 0, tookMs: 0 };

test('one writer at a time, whoever it is', () => {
  const folder = join(dir, 'busy');
  const first = beginFolder(folder, {});
  expect(() => resumeFolder({ folder })).toThrow(
    expect.objectContaining({ code: 'run-busy', message: expect.stringContaining(folder) }),
  );
  first.step(step);
  first.close();
  const second = resumeFolder({ folder });
  expect(() => resumeFolder({ folder })).toThrow(expect.objectContaining({ code: 'run-busy' }));
  second.close();
  second.close();
  expect(readFolder(folder).steps).toEqual([step]);
});

test('rows that are none, texts that are others and a result that is cut are counted and passed over', () => {
  const folder = join(dir, 'damaged');
  const journal = beginFolder(folder, {});
  const kept = journal.text('kept');
  journal.step(step);
  journal.close();
  const rows = [
    'x',
    '{"path":"1","kind":"nonsense","title":"","startMs":0,"tookMs":0}',
    '{"path":"1","kind":"ask","title":"","startMs":0,"tookMs":0,"ask":{"prompt":"a","replies":5}}',
    '{"path":"1","kind":"execution","title":"","startMs":0,"tookMs":0,"execution":null}',
  ];
  appendFileSync(join(folder, 'steps.jsonl'), `${rows.join('\n')}\n`);
  appendFileSync(join(folder, 'texts.jsonl'), `${JSON.stringify({ id: kept, text: 'other' })}\n`);
  writeFileSync(join(folder, 'result.json'), '{"verdict": ');
  const saved = readFolder(folder);
  expect(saved).toMatchObject({ steps: [step], result: null, unreadable: 6 });
  expect(saved.text(kept)).toBe('kept');
});

test.each([
  [{ task: null }, /"task"/],
  [{ task: { id: 'a', language: 'python', text: 1, prelude: '' } }, /"task\.text" to be a text/],
  [{ strategy: 1 }, /"strategy"/],
  [{ seed: 1.5 }, /"seed"/],
  [{ parameters: { rounds: '1' } }, /"parameters"/],
])('a head with %j is refused by its field', (more, message) => {
  const task = {
    ...{ id: 'a', language: 'python', text: 'b', entry: null, stub: null, prelude: '' },
    ...{ visible: [], context: [] },
  };
  const head = { task, strategy: 'direct', model: 'a/b', seed: 1, parameters: {}, ...more };
  const saved = { folder: 'F', head, steps: [], result: null, unreadable: 0, text: () => null };
  expect(() => headOfRun(saved)).toThrow(
    expect.objectContaining({ code: 'bad-data', message: expect.stringMatching(message) }),
  );
});

test('every number of a strategy has a range, and its default lies in it', () => {
  for (const { name, defaults } of strategies)
    for (const [key, { value }] of Object.entries(defaults)) {
      expect(isRanged(key), `${name}: ${key}`).toBe(true);
      checkRange(name, key, value);
      for (const outside of [rangeOf(key).least - 0.001, rangeOf(key).most + 1, Number.NaN])
        expect(() => checkRange(name, key, outside)).toThrow(expect.objectContaining({ code: 'bad-usage' }));
    }
});

test('a name that every object has is no number of a strategy', () => {
  for (const strategy of strategies)
    for (const name of ['constructor', 'toString'])
      expect(() => parametersOf(strategy, { [name]: 3 })).toThrow(
        expect.objectContaining({ code: 'bad-usage', message: expect.stringContaining(`no number called "${name}"`) }),
      );
  expect(rangeOf('constructor')).toEqual(rangeOf('nobody knows it'));
});
