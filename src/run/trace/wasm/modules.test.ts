/** Programs that come as WebAssembly: traced by their line tables, or by places in the module; and modules that are made to break what runs them. */
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import { Clang, clangVersion } from '../../embedded/engines/cclang.ts';
import { knownInput, knownOutput, runLanguage } from '../../languages.ts';
import { assemble, header, leb, section, text } from '../../wasm/assemble.testing.ts';
import { countsOf, endsOf, eventsOf, linesOf, openTestTracing } from '../tracing.testing.ts';

const wasm = await openTestTracing('wasm', loadGrammarFile);
const backend = 'embedded';
const known = runLanguage('wasm').known as Uint8Array;
const run = (module: Uint8Array, options: Parameters<typeof wasm.run>[1], more: Record<string, string> = {}) =>
  wasm.run({ 'main.wasm': module, ...more }, options);

test('without line tables: functions by name, blocks by their places', async () => {
  const job = { stdin: Buffer.from(knownInput) };
  const { trace, stdout } = await run(known, { backend, job });
  expect(stdout).toBe(knownOutput);
  expect(trace.codes).toEqual([{ file: 'main.wasm', name: '_start', kind: 'function', line: 131, end: 225 }]);
  // The loop that adds, which is one block, and the one that makes digits.
  expect(countsOf(trace, 'main.wasm')).toBe('131:1 163:100 183:1 190:4 225:1');
  expect(linesOf(trace).slice(0, 3)).toEqual([131, 163, 163]);
  expect(eventsOf(trace, 'output').map(({ text: said }) => said)).toEqual([knownOutput]);
  const coverage = await run(known, { backend, job, level: 'coverage' });
  expect(countsOf(coverage.trace, 'main.wasm')).toBe('131:1 163:1 183:1 190:1 225:1');
  const blocks = await run(known, { backend, job, level: 'blocks' });
  expect(linesOf(blocks.trace)).toEqual(linesOf(trace));
});

const hasClang = clangVersion() !== null;
const skipped = hasClang ? '' : ' (skipped: no @yowasp/clang here)';
test.skipIf(!hasClang)(`with line tables, of version 5${skipped}`, async () => {
  const source = 'static int twice(int n) {\n  return n * 2;\n}\nint main(void) {\n  return twice(3) - 6;\n}\n';
  const clang = await Clang.open();
  const files = [{ path: 'src/main.c', bytes: Buffer.from(source) }];
  const dialect = { language: 'c', standard: 'gnu17', libraries: [], compilerArgs: ['-dwarf-version=5'] } as const;
  const built = clang.build(files, ['src/main.c'], dialect, { outputBytes: 10_000, fileBytes: 1e7 }, true);
  const module = built.module as Uint8Array;
  // The module brings the C library, of which nothing is told.
  const { trace } = await run(module, { backend });
  expect(endsOf(trace)).toEqual(['twice($0=3) → 6', 'main() → 0']);
  expect(trace.counts.map(({ file }) => file)).toEqual(['/job/src/main.c']);
  expect(linesOf(trace)).toEqual([4, 5, 1, 2]);
  // A source that is given is told by the name that it has here.
  const given = await run(module, { backend, level: 'counts' }, { 'src/main.c': source });
  expect(countsOf(given.trace, 'src/main.c')).toBe('1:1 2:1 4:1 5:1');
});

describe('modules that are none, or do not behave', () => {
  const imported = (name: string, parameters: readonly number[], results: readonly number[]): Uint8Array =>
    Uint8Array.from([
      ...header,
      ...section(1, [1, 0x60, ...leb(parameters.length), ...parameters, ...leb(results.length), ...results]),
      ...section(2, [1, ...text('wasi_snapshot_preview1'), ...text(name), 0, 0]),
    ]);
  const [i32, i64, f64] = [0x7f, 0x7e, 0x7c];
  const endOf = async (module: Uint8Array): Promise<unknown> =>
    (await run(module, { backend, level: 'counts' })).outcome.ending;
  const refused: [string, Uint8Array][] = [
    ['no module', Buffer.from('(module)')],
    ['half of one', known.subarray(0, known.length / 2)],
    ['a call of WASI with a number of another kind', imported('fd_write', [i32, f64, i32, i32], [i32])],
    ['a place in a file of 32 bits', imported('fd_seek', [i32, i32, i32, i32], [i32])],
    ['a result of 64 bits', imported('fd_write', [i32, i32, i32, i32], [i64])],
  ];
  test.each(refused)('%s does not compile', async (_, module) => {
    await expect(run(module, { backend, level: 'counts' })).rejects.toThrow('compile-failed');
  });

  test('no memory, no _start, data outside of the memory: the program’s own doing', async () => {
    const crashed = (reason: RegExp): unknown => ({
      kind: 'crashed',
      signal: null,
      reason: expect.stringMatching(reason),
    });
    expect(await endOf(Uint8Array.from(header))).toEqual(crashed(/exports no memory/));
    expect(await endOf(assemble([{ locals: 0, body: [] }]))).toEqual(crashed(/no _start/));
    const data = section(11, [1, 0, 0x41, 0xff, 0xff, 3, 0x0b, 9, ...Buffer.alloc(9)]);
    const outside = Uint8Array.from([...assemble([{ locals: 0, body: [] }]), ...data]);
    expect(await endOf(outside)).toEqual(crashed(/data segment|out of bounds/));
  });

  test('a start function is counted, traced and stopped as all else', async () => {
    const module = assemble([{ locals: 0, body: [['loop', [['br', 0]]]] }]);
    // Behind the exports, before the code.
    const at = module.findIndex((id, index) => id === 10 && module[index + 2] === 1 && index > 40);
    const withStart = Uint8Array.from([...module.subarray(0, at), ...section(8, [0]), ...module.subarray(at)]);
    const { trace, outcome } = await run(withStart, { backend, level: 'lines', job: { limits: { fuel: 100_000 } } });
    expect(outcome.ending).toEqual({ kind: 'out-of-fuel' });
    expect(linesOf(trace).length).toBeGreaterThan(50);
  });
});
