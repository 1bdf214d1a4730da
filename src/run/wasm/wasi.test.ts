import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wideParameters } from './commandmodule.ts';
import { errno } from './errno.ts';
import { MemoryFiles } from './memoryfiles.ts';
import { ProcExit, Wasi } from './wasi.ts';
import { wasiClock } from './wasiclock.ts';

type Argument = number | bigint;

function start(options: { stdout?: (bytes: Uint8Array) => void; clockMs?: number | null; seed?: number } = {}) {
  const clock = wasiClock(options.clockMs === undefined ? 1e12 : options.clockMs);
  const files = new MemoryFiles({ limitBytes: 100_000, now: clock.peekNs });
  files.add([{ path: 'dir/file', bytes: Buffer.from('content') }]);
  const wasi = new Wasi({
    args: ['program', 'ü'],
    env: { A: 'b' },
    stdin: Buffer.from('input'),
    stdout: options.stdout ?? (() => {}),
    stderr: () => {},
    files,
    given: [['/', '/']],
    clock,
    seed: options.seed ?? 0,
  });
  const memory = new WebAssembly.Memory({ initial: 1 });
  wasi.attach(memory);
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  const call = (name: string, ...args: Argument[]): number =>
    (wasi.calls[name] as (...args: Argument[]) => number)(...args);
  /** Puts a path at 100. */
  const path = (text: string): [at: number, length: number] => [
    100,
    bytes.set(Buffer.from(text), 100) ?? Buffer.byteLength(text),
  ];
  const open = (text: string, how = 0, rights = 0xffffffn): { result: number; fd: number } => {
    const result = call('path_open', 3, 1, ...path(text), how, rights, 0n, 0, 8);
    return { result, fd: view.getUint32(8, true) };
  };
  return { wasi, memory, bytes, view, call, path, open, files };
}

test('arguments, environment and input', () => {
  const { call, view, bytes } = start();
  expect(call('args_sizes_get', 0, 4)).toBe(0);
  expect([view.getUint32(0, true), view.getUint32(4, true)]).toEqual([2, 11]);
  call('args_get', 16, 64);
  expect(Buffer.from(bytes.subarray(64, 75)).toString()).toBe('program\0ü\0');
  call('environ_get', 16, 64);
  expect(Buffer.from(bytes.subarray(64, 68)).toString()).toBe('A=b\0');
  view.setUint32(16, 64, true);
  view.setUint32(20, 3, true);
  expect([
    call('fd_read', 0, 16, 1, 0),
    view.getUint32(0, true),
    Buffer.from(bytes.subarray(64, 67)).toString(),
  ]).toEqual([0, 3, 'inp']);
  call('fd_read', 0, 16, 1, 0);
  expect(view.getUint32(0, true)).toBe(2);
});

describe('no path leads out', () => {
  const check = (path: string, expected: number) => test(path, () => expect(start().open(path).result).toBe(expected));
  check('dir/file', 0);
  check('../../../dir/file', 0);
  check('/etc/passwd', errno.notcapable);
  check('../../../etc/passwd', errno.noent);
  check('dir/../../dir/file/', errno.notdir);

  test('nor from a directory that was opened, nor over a link', () => {
    const { call, path, bytes, open } = start();
    const { fd } = open('dir', 2, 0n);
    expect(call('path_open', fd, 1, ...path('../../../etc/passwd'), 0, 0n, 0n, 0, 8)).toBe(errno.noent);
    bytes.set(Buffer.from('/etc/passwd'), 200);
    expect(call('path_symlink', 200, 11, 3, ...path('link'))).toBe(0);
    expect(open('link').result).toBe(errno.noent);
  });
});

test('whatever a program passes, a call answers with a number: nothing of the host is thrown or reached', () => {
  const { wasi } = start();
  const names = Object.keys(wasi.calls).filter((name) => name !== 'proc_exit');
  const numbers = fc.oneof(
    fc.integer({ min: -3, max: 9 }),
    fc.constantFrom(100, 65_530, 65_536, -1, 2 ** 31 - 1, -(2 ** 31)),
    fc.integer(),
  );
  const steps = fc.array(fc.tuple(fc.constantFrom(...names), fc.array(numbers, { minLength: 9, maxLength: 9 })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(steps, (list) => {
      const { call, bytes } = start();
      bytes.set(Buffer.from('dir/file'), 100);
      for (const [name, args] of list) {
        const given = args.map(
          (value, index): Argument => (wideParameters[name]?.includes(index) ? BigInt(value) : value),
        );
        expect(Object.values(errno)).toContain(call(name, ...given));
      }
    }),
    { numRuns: 500 },
  );
});

test('an end from the host’s side stays the end, though a program may have caught it', () => {
  const { wasi, call } = start();
  expect(() => call('proc_exit', 5)).toThrow(ProcExit);
  expect(() => call('fd_sync', 1)).toThrow(ProcExit);
  expect(() => call('proc_exit', 0)).toThrow(/exited with 5/);
  expect(wasi.stopped?.cause).toMatchObject({ code: 5 });
});

test('sleeping takes no time on a pinned clock, and moves it', () => {
  const { call, view } = start();
  const now = () => {
    call('clock_time_get', 0, 0n, 0);
    return view.getBigUint64(0, true);
  };
  const before = now();
  expect(before / 1_000_000n).toBe(1_000_000_000_000n);
  // One subscription at 512: a relative clock of an hour.
  view.setBigUint64(512 + 24, 3_600_000_000_000n, true);
  expect(call('poll_oneoff', 512, 1024, 1, 0)).toBe(0);
  expect(Number(now() - before) / 3.6e12).toBeCloseTo(1, 5);
});

test('randomness follows the seed', () => {
  const draw = (seed: number) => {
    const { call, bytes } = start({ seed });
    call('random_get', 0, 16);
    return [...bytes.subarray(0, 16)].join();
  };
  expect(draw(1)).toBe(draw(1));
  expect(draw(2)).not.toBe(draw(1));
});

test('a directory lists what it holds, in pieces of any size', () => {
  const { call, view, bytes, open, path } = start();
  for (const name of ['b', 'a', 'long-name-of-a-file']) expect(open(name, 1).result).toBe(0);
  expect(call('path_create_directory', 3, ...path('sub'))).toBe(0);
  for (const size of [48, 64, 100, 4096]) {
    const names: string[] = [];
    for (let cookie = 0n; ; ) {
      expect(call('fd_readdir', 3, 4096, size, cookie, 0)).toBe(0);
      const used = view.getUint32(0, true);
      let at = 4096;
      while (at + 24 <= 4096 + used && at + 24 + view.getUint32(at + 16, true) <= 4096 + used) {
        cookie = view.getBigUint64(at, true);
        const length = view.getUint32(at + 16, true);
        names.push(Buffer.from(bytes.subarray(at + 24, at + 24 + length)).toString());
        at += 24 + length;
      }
      if (used < size) break;
    }
    expect(names).toEqual(['.', '..', 'dir', 'b', 'a', 'long-name-of-a-file', 'sub']);
  }
});
