import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { WinnowError } from '../base/mod.ts';
import type { RowRecord } from './building.ts';
import { filedMatrices, type MatrixHeader, matrixSchema, openMatrixWriter, readMatrixFile } from './file.ts';
import type { MatrixTask } from './types.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-matrices-'));
afterAll(() => rmSync(dir, { recursive: true }));

const header: MatrixHeader = {
  schema: matrixSchema,
  winnow: '0.1.0',
  settings: { callMs: 100, memoryBytes: 1 << 20, patient: false },
  runtimes: { python: 'CPython 3.11.2' },
};
const task: MatrixTask = {
  id: 't',
  language: 'python',
  entryPoint: 'f',
  context: '',
  candidates: [
    { id: 'a', source: 'def f(): return 1', drawn: 2, alike: ['b'] },
    { id: 'c', source: 'def f(): return 2', drawn: 1 },
  ],
  probes: [
    { id: '1', source: 'assert f() == 1', drawn: 1 },
    { id: '2', source: 'f()', drawn: 3 },
  ],
};
const rows: readonly RowRecord[] = [
  { row: 1, ending: 'whole', reason: null, cpuMs: 2, states: '14', outputs: [0, 0], times: [5, 6], texts: ['2'] },
  { row: 0, ending: 'whole', reason: null, cpuMs: 3, states: '04', outputs: [1, 1], times: [7, 8], texts: ['1'] },
];

let made = 0;
/** A file as far as a check got. */
function written(count = rows.length, change: Partial<MatrixHeader> = {}): string {
  const path = join(dir, `${made++}.jsonl`);
  const writer = openMatrixWriter(path, { ...header, ...change });
  const building = writer.begin(task);
  writer.ways(task, ['outside', 'input'], 0);
  for (const record of rows.slice(0, count)) {
    building.add(record);
    writer.row(task, record);
  }
  writer.close();
  return path;
}

const failure = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof WinnowError) return `${error.code}: ${error.message.replaceAll(dir, '')}`;
    throw error;
  }
  return 'none';
};

describe('matrices as files', () => {
  test('what was written is read, in whatever order rows came', () => {
    const [one] = filedMatrices(readMatrixFile(written()));
    expect(one?.task).toEqual(task);
    expect(one?.missing).toBe(0);
    const { matrix } = one as NonNullable<typeof one>;
    expect(matrix.rows.map(({ id, drawn, cpuMs }) => [id, drawn, cpuMs])).toEqual([
      ['a', 2, 3],
      ['c', 1, 2],
    ]);
    expect([...matrix.states]).toEqual([0, 4, 1, 4]);
    expect([...matrix.outputs].map((output) => matrix.texts[output])).toEqual(['1', '1', '2', '2']);
    expect([...(matrix.times ?? [])]).toEqual([7, 8, 5, 6]);
    expect(matrix.columns.map(({ way }) => way)).toEqual(['outside', 'input']);
  });

  test('wherever writing was cut off, what is whole stays, the torn line is counted, and the rest is still to be run', () => {
    const whole = readFileSync(written());
    const headEnd = whole.indexOf(0x0a) + 1;
    for (let end = headEnd; end < whole.length; end += 7) {
      const path = join(dir, 'cut.jsonl');
      writeFileSync(path, whole.subarray(0, end));
      const lines = whole.subarray(0, end).toString();
      const torn = lines.endsWith('\n') ? 0 : 1;
      const writer = openMatrixWriter(path, header);
      expect(writer.torn).toBe(torn);
      const building = writer.begin(task);
      if (building.ways.length === 0) {
        building.ways = ['outside', 'input'];
        writer.ways(task, building.ways, 0);
      }
      for (const row of building.missing()) {
        // As a run would tell it: by the texts, since numbers depend on what came before.
        const record = rows.find((one) => one.row === row) as RowRecord;
        const { numbers, fresh } = building.number(['2', '1'].filter((_, at) => 1 - at === row));
        const again = { ...record, outputs: [numbers[0] as number, numbers[0] as number], texts: fresh };
        building.add(again);
        writer.row(task, again);
      }
      writer.close();
      const [one] = filedMatrices(readMatrixFile(path));
      expect(one?.missing).toBe(0);
      expect([...(one?.matrix.outputs ?? [])].map((output) => one?.matrix.texts[output])).toEqual(['1', '1', '2', '2']);
    }
  });

  test('another version, other settings and another task of the same name are refused by name', () => {
    const path = written();
    writeFileSync(path, readFileSync(path, 'utf8').replace('matrix/1', 'matrix/2'));
    expect(failure(() => readMatrixFile(path))).toContain('is a winnow.matrix/2; this Winnow reads winnow.matrix/1');
    const other = { ...header, settings: { ...header.settings, callMs: 5 } };
    expect(failure(() => openMatrixWriter(written(), other))).toContain('was made with other settings');
    expect(failure(() => openMatrixWriter(written(), header).begin({ ...task, entryPoint: 'g' }))).toContain(
      'has a task "t" with other candidates or probes',
    );
    expect(failure(() => readMatrixFile(join(dir, 'none')))).toContain('path-not-found');
  });

  test.each([
    ['no JSON', '{', 'expected an object of JSON'],
    ['a row of no task', '{"of":"u","row":0}', 'expected "task", or "of"'],
    ['a row twice', JSON.stringify({ of: 't', ...rows[0] }), 'that has none yet'],
    ['a row that is no number', '{"of":"t","row":"0"}', 'expected "row"'],
    ['too few cells', JSON.stringify({ of: 't', ...rows[1], states: '0' }), 'of 2 probes'],
    ['a text that is not there', JSON.stringify({ of: 't', ...rows[1], outputs: [7, 7] }), 'number texts'],
    [
      'the task twice',
      '{"task":"t","language":"python","entryPoint":"f","context":"","candidates":[],"probes":[]}',
      'twice',
    ],
  ])('%s: the line is named', (_, line, expected) => {
    const path = written(1);
    appendFileSync(path, `${line}\n`);
    expect(failure(() => readMatrixFile(path))).toMatch(/^bad-data: .*line 5: /);
    expect(failure(() => readMatrixFile(path))).toContain(expected);
  });

  test('a task that grew is read as it was written: old cells in their places, new ones behind them, wherever the writer ended', () => {
    const path = written(1);
    const writer = openMatrixWriter(path, header);
    const growth = {
      candidates: [{ id: 'd', source: 'def f(): return 3', drawn: 1 }],
      probes: [{ id: '3', source: 'f()', drawn: 1 }],
      alike: [{ candidate: 'c', id: 'e', drawn: 4 }],
    };
    writer.grow('t', { candidates: [], probes: [], alike: [] });
    writer.grow('t', growth);
    const grown = writer.task('t') as MatrixTask;
    const building = writer.begin(grown);
    expect(building.missing().map((row) => [row, building.known(row)])).toEqual([
      [0, 0],
      [1, 2],
      [2, 0],
    ]);
    building.ways = [...building.ways, 'input'];
    writer.ways(grown, ['input'], 2);
    const added: RowRecord[] = [
      { ...(rows[0] as RowRecord), row: 1, from: 2, states: '4', outputs: [0], times: [9], texts: [] },
      { ...(rows[0] as RowRecord), row: 0, states: '044', outputs: [1, 1, 1], times: [7, 8, 9], texts: ['1'] },
      { ...(rows[0] as RowRecord), row: 2, states: '144', outputs: [2, 2, 0], times: [1, 2, 3], texts: ['3'] },
    ];
    for (const record of added) {
      building.add(record);
      writer.row(grown, record);
    }
    writer.close();
    const text = readFileSync(path, 'utf8').split('\n');
    expect(text.filter((line) => line.includes('"more"'))).toHaveLength(1);
    const [one] = filedMatrices(readMatrixFile(path));
    expect(one).toEqual({ task: grown, matrix: building.matrix(), missing: 0 });
    const { matrix } = one as NonNullable<typeof one>;
    expect(matrix.rows.map(({ id, drawn, cpuMs }) => [id, drawn, cpuMs])).toEqual([
      ['a', 2, 2],
      ['c', 5, 4],
      ['d', 1, 2],
    ]);
    expect([...matrix.outputs].map((output) => matrix.texts[output])).toEqual([...'111', ...'222', ...'332']);
    expect([...(matrix.times ?? [])]).toEqual([7, 8, 9, 5, 6, 9, 1, 2, 3]);
    // Cut off after each line: what is there is sound, and says how far each row is known.
    for (let length = 2; length < text.length; length++) {
      writeFileSync(path, `${text.slice(0, length).join('\n')}\n`);
      const { tasks } = readMatrixFile(path);
      const cells = tasks[0]?.task.candidates.map((_, row) => tasks[0]?.known(row));
      const wide = length > 4;
      expect(cells, `${length} lines`).toEqual([
        length > 7 ? 3 : 0,
        length > 6 ? 3 : length > 3 ? 2 : 0,
        ...(wide ? [length > 8 ? 3 : 0] : []),
      ]);
    }
  });

  test.each([
    ['a row from another place', { of: 't', ...rows[1], from: 1, states: '4', outputs: [0], times: [1] }, '"from" 0'],
    ['ways that are known', { of: 't', ways: ['outside'], from: 1 }, 'expected "ways", one for each probe from 2 to 2'],
    ['a place that is no number', { of: 't', ...rows[1], from: '0' }, 'expected "from", the number of a probe'],
    ['more of nothing', { of: 't', more: null }, 'expected "candidates"'],
    ['more without probes', { of: 't', more: { candidates: [] } }, 'expected "probes"'],
    [
      'one alike to nobody',
      { of: 't', more: { candidates: [], probes: [], alike: [{ candidate: 'z', id: 'y', drawn: 1 }] } },
      'a candidate that stands above',
    ],
  ])('%s: the line is named', (_, line, expected) => {
    const path = written(1);
    appendFileSync(path, `${JSON.stringify(line)}\n`);
    expect(failure(() => readMatrixFile(path))).toMatch(/^bad-data: .*line 5: /);
    expect(failure(() => readMatrixFile(path))).toContain(expected);
  });

  test('while one writes another is refused by name; who was killed is in nobody’s way', () => {
    const path = join(dir, 'locked.jsonl');
    const writer = openMatrixWriter(path, header);
    expect(failure(() => openMatrixWriter(path, header))).toMatch(
      new RegExp(`^matrix-busy: Process ${process.pid} writes to /locked.jsonl`),
    );
    writer.close();
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(`${path}.lock`, `${gone}\n`);
    const next = openMatrixWriter(path, header);
    next.close();
    expect(readdirSync(dir).filter((name) => name.startsWith('locked'))).toEqual(['locked.jsonl']);
  });

  test.skipIf(process.platform !== 'linux')('nor is who was killed and is not reaped', async () => {
    const path = join(dir, 'zombie.jsonl');
    // The shell becomes a program that waits for no child, so its child stays a zombie.
    const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [told] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(told.toString().trim());
      await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), { timeout: 20_000 }).toContain(') Z ');
      writeFileSync(`${path}.lock`, `${pid}\n`);
      openMatrixWriter(path, header).close();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  test('how often a row was drawn is a whole number', () => {
    const path = written();
    writeFileSync(path, readFileSync(path, 'utf8').replace('"drawn":2', '"drawn":1.5'));
    expect(failure(() => readMatrixFile(path))).toContain('line 2: expected "candidates" with id, source, drawn');
  });

  test('an empty file is a new one; one without a header is none', () => {
    const path = written(0);
    truncateSync(path, 0);
    expect(failure(() => openMatrixWriter(path, header))).toBe('none');
    writeFileSync(path, '{"task":"t"}\n');
    expect(failure(() => readMatrixFile(path))).toContain('line 1: expected the header of a matrix');
  });
});
