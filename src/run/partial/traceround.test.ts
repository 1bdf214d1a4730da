/** Partial runs with their steps: lines and values are the program's own, and nothing that was put into it is seen. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { openRunner } from '../runner.ts';
import { runPartial } from './partial.ts';
import type { PartialReport } from './types.ts';

const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-partial-'));
const runner = openRunner({ cacheDir, path: (process.env.PATH ?? '').split(':'), parallelism: 1 });
afterAll(async () => {
  await runner.close();
  rmSync(cacheDir, { recursive: true, force: true });
});
const native = (await runner.offers()).find(({ backend }) => backend === 'native');
const ready = (language: string): boolean =>
  native?.runtimes.some((one) => one.language === language && one.state === 'ready') === true;

const run = (path: string, language: string, source: string, name: string): Promise<PartialReport> =>
  runPartial(
    { language, files: [{ path, bytes: new TextEncoder().encode(source) }], entry: path },
    { function: name, load: loadGrammarFile, trace: {} },
    runner,
    { backend: 'native' },
  );

/** Lines in their order with what they wrote, of the function alone. */
function steps({ traced }: PartialReport, name: string): string[] {
  const [trace] = traced?.traces ?? [];
  const frames = new Set<number>();
  const told: string[] = [];
  for (const event of trace?.events ?? []) {
    if (event.kind === 'call' && trace?.codes[event.code]?.name === name) frames.add(event.frame);
    if (!frames.has(event.frame)) continue;
    if (event.kind === 'line') told.push(String(event.line));
    if (event.kind === 'write') told.push(`${told.pop()} ${event.name}=${JSON.stringify(event.value)}`);
    if (event.kind === 'raise') told.push(`${event.line} ${event.type}`);
    if (event.kind === 'branch') told.push(`${event.way}`);
  }
  return told;
}

test.skipIf(!ready('python'))('what was made up is told by what it stands for, not by how it is made', async () => {
  const source =
    'import helpers\nfrom helpers import Box\n\ndef filled():\n    box = helpers.make()\n    box.size = 3\n    return box\n';
  const { traced } = await run('m.py', 'python', source, 'filled');
  const values = JSON.stringify(traced?.traces[0]?.events);
  expect(values).toContain('"module"');
  expect(values).toContain('"size"');
  expect(values).not.toMatch(/Facts|MissingModule|Pool/);
});

test.skipIf(!ready('typescript'))('so it is in JavaScript and TypeScript: kind and name, and no function', async () => {
  const source =
    "import { helper } from './helpers';\nexport function filled() {\n  const box = helper.make();\n  const own = () => 1;\n  return [box, helper, own].length;\n}\n";
  const told = steps(await run('m.ts', 'typescript', source, 'filled'), 'filled').join('\n');
  expect(told).toContain('box={"t":"instance","v":"helper.make()"}');
  expect(told).toContain('own={"t":"function","v":"own"}');
});

const programs = {
  python: [
    'm.py',
    'import helpers\ndef scaled():\n    total = 0\n    for value in [1, 2]:\n        total += value * SCALE\n    assert total > 9\n    return total\n',
    ['2', '3 total=0', '4 value=1', '5 total=1', '4 value=2', '5 total=3', '4', '6', '7'],
  ],
  javascript: [
    'm.js',
    "const helpers = require('./helpers');\nfunction scaled() {\n  let total = 0;\n  for (const value of [1, 2]) {\n    total += value * SCALE;\n  }\n  return total;\n}\n",
    ['3 total=0', '4', '4', 'true value=1', '5 total=1', '4', 'true value=2', '5 total=3', '7'],
  ],
  typescript: [
    'm.ts',
    "import { helper } from './helpers';\nexport function scaled(): number {\n  let total: number = 0;\n  for (const value of [1, 2]) {\n    total += value * SCALE;\n  }\n  return total;\n}\n",
    ['3 total=0', '4', '4', 'true value=1', '5 total=1', '4', 'true value=2', '5 total=3', '7'],
  ],
} as const;

describe.each(Object.keys(programs) as (keyof typeof programs)[])('%s', (language) => {
  const [path, source, expected] = programs[language];
  test.skipIf(!ready(language))(
    `steps of one function${ready(language) ? '' : ' (skipped: no runtime here)'}`,
    async () => {
      const report = await run(path, language, source, 'scaled');
      expect(steps(report, 'scaled')).toEqual(expected);
      expect(report.injections.map(({ what }) => what)).toContain('SCALE');
      const { events = [], counts = [] } = report.traced?.traces[0] ?? {};
      // Nothing of ours, and no line behind the end.
      expect(JSON.stringify(events)).not.toMatch(/\$y|_winnow_|Uint8Array/);
      const last = source.split('\n').length;
      expect(events.flatMap((event) => (event.kind === 'call' ? [event.code] : []))).toHaveLength(2);
      expect(counts.flatMap(({ lines }) => [...lines.keys()]).filter((line) => line > last)).toEqual([]);
      expect(report.traced?.outcome.files).toEqual([]);
    },
  );
});

test.skipIf(!ready('typescript'))('a file with elements is traced under its own name, on its own lines', async () => {
  const source =
    "import { helper } from './helpers';\nexport function scaled(): unknown {\n  const size = 2 * SCALE;\n  const all = <b>{size}</b>;\n  return all.props;\n}\n";
  const report = await run('m.tsx', 'typescript', source, 'scaled');
  expect(steps(report, 'scaled').map((one) => one.slice(0, 6))).toEqual(['3 size', '4 all=', '5']);
  expect(new Set(report.traced?.traces[0]?.codes.map(({ file }) => file))).toEqual(new Set(['m.tsx']));
});
