import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultCompileLimits, defaultLimits } from '../joblimits.ts';
import type { CheckedJob } from '../types.ts';
import { FrameError, FrameReader, frameHead, pack, unpack } from './frames.ts';
import { kinds, mostBytes, readFailed, readReady, readResult } from './protocol.ts';

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'toString')), tie('value'), { maxKeys: 4 }),
  ),
})).value;

test('what is packed is unpacked the same, bytes as bytes', () => {
  fc.assert(
    fc.property(value, (item) => {
      expect(unpack(Buffer.concat(pack(item)))).toEqual(item);
    }),
  );
});

test('bytes that were unpacked are plain: a slice of them is a copy', () => {
  const bytes = (unpack(Buffer.concat(pack([new Uint8Array([1, 2])]))) as [Uint8Array])[0];
  expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
});

test('frames come out whole however the stream is cut', () => {
  const frame = fc.record({ kind: fc.integer({ min: 0, max: 255 }), payload: fc.uint8Array({ maxLength: 40 }) });
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (frames, cuts) => {
      const stream = Buffer.concat(frames.flatMap(({ kind, payload }) => [frameHead(kind, payload.length), payload]));
      const reader = new FrameReader(() => 40);
      const seen: unknown[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = cuts[turn % cuts.length] as number;
        for (const { kind, payload } of reader.push(stream.subarray(at, at + size)))
          seen.push({ kind, payload: payload.slice() });
        at += size;
      }
      expect(seen).toEqual(frames);
    }),
  );
});

test('a frame longer than its kind may be is refused before it comes', () => {
  const heard = (kind: number, length: number) => [
    ...new FrameReader((known) => (known === 1 ? 10 : -1)).push(frameHead(kind, length)),
  ];
  expect(() => heard(1, 11)).toThrow(FrameError);
  expect(() => heard(2, 0)).toThrow(FrameError);
  expect(heard(1, 10)).toEqual([]);
});

test('whatever a child writes, reading it throws a FrameError or gives a sound value', () => {
  const sound = {
    wallMs: 1,
    cpuMs: 1,
    result: {
      ending: { kind: 'exited', code: 0 },
      instructions: null,
      peakMemoryBytes: 5,
      reusable: true,
      files: [{ path: 'a/b', change: 'added', bytes: new Uint8Array([1]), mode: 0o644 }],
      compile: {
        ending: { kind: 'crashed', signal: null, reason: 'no' },
        stdout: new Uint8Array(0),
        stderr: new Uint8Array(0),
        wallMs: 0,
        cached: false,
      },
    },
  };
  const check = (payload: Uint8Array): void => {
    for (const read of [readResult, readReady, readFailed]) {
      try {
        read(unpack(payload));
      } catch (cause) {
        expect(cause).toBeInstanceOf(FrameError);
      }
    }
  };
  const packed = Buffer.concat(pack(sound));
  expect(readResult(unpack(packed))).toEqual(sound);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check));
  fc.assert(
    fc.property(fc.nat(packed.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const broken = Uint8Array.from(packed);
      broken[at] = byte;
      check(broken);
    }),
  );
  // Any part of a sound result replaced by anything.
  const paths = ['wallMs', 'cpuMs', 'result', ...Object.keys(sound.result).map((name) => `result.${name}`)];
  fc.assert(
    fc.property(
      fc.constantFrom(...paths, 'result.ending.kind', 'result.files.0.path', 'result.compile.stdout'),
      value,
      (path, item) => {
        const copy = structuredClone(sound) as unknown as Record<string, unknown>;
        const parts = path.split('.');
        const last = parts.pop() as string;
        let at = copy;
        for (const part of parts) at = at[part] as Record<string, unknown>;
        at[last] = item;
        check(Buffer.concat(pack(copy)));
      },
    ),
  );
});

test('a child may say no more than the limits of its job allow, and nothing when no job runs', () => {
  const job: CheckedJob = {
    language: 'deeds',
    files: [{ path: 'a', bytes: new Uint8Array(10) }],
    entry: 'a',
    args: [],
    stdin: new Uint8Array(0),
    env: {},
    limits: { ...defaultLimits, fileBytes: 1000 },
    compileLimits: { ...defaultCompileLimits, outputBytes: 0 },
    determinism: { seed: 0, clockMs: 0, locale: 'C', timeZone: 'UTC' },
    grants: { network: false, read: [] },
    count: false,
  };
  expect(mostBytes(kinds.result, job)).toBe(8 * 2 ** 20 + 1010);
  expect(mostBytes(kinds.stdout, null)).toBe(-1);
  expect(mostBytes(kinds.job, job)).toBe(-1);
});
