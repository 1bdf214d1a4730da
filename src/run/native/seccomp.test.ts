/** Runs the filter in a small interpreter of classic BPF over every call number and the arguments that matter. */
import { expect, test } from 'vitest';
import { action, auditArchitecture, seccompFilter } from './seccomp.ts';
import { type Architecture, examined, ignored, numberOf, refused, refusedUncounted, watched } from './syscalls.ts';

const allowed = 'allowed';
const errors: Record<number, string> = { 0: 'done', 1: 'EPERM', 38: 'ENOSYS', 97: 'EAFNOSUPPORT' };

/** What the kernel would do: `kernel/bpf`, the instructions that filters use. */
function run(program: Uint8Array, data: DataView): string {
  const code = new DataView(program.buffer, program.byteOffset, program.length);
  let accumulator = 0;
  for (let at = 0; at < program.length; at += 8) {
    const operand = code.getUint32(at + 4, true);
    const jump = (taken: boolean): void => {
      at += 8 * code.getUint8(at + (taken ? 2 : 3));
    };
    const instruction = code.getUint16(at, true);
    if (instruction === 0x20) accumulator = data.getUint32(operand, true);
    else if (instruction === 0x54) accumulator = (accumulator & operand) >>> 0;
    else if (instruction === 0x15) jump(accumulator === operand);
    else if (instruction === 0x35) jump(accumulator >= operand);
    else if (instruction === 0x45) jump((accumulator & operand) !== 0);
    else if (instruction === 0x06) {
      if (operand === action.allow) return allowed;
      if (operand === action.killProcess) return 'killed';
      if (operand === action.notify) return 'asked';
      if ((operand & 0xffff0000) >>> 0 === action.error) return errors[operand & 0xffff] ?? `errno ${operand & 0xffff}`;
      throw new Error(`answer ${operand.toString(16)}`);
    } else throw new Error(`instruction ${instruction.toString(16)} at ${at / 8}`);
  }
  throw new Error('fell off the end');
}

function call(
  architecture: Architecture,
  number: number,
  args: readonly number[] = [],
  foreign?: number,
  isWatched = false,
): string {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number, true);
  data.setUint32(4, foreign ?? auditArchitecture[architecture], true);
  for (const [index, value] of args.entries()) data.setBigUint64(16 + 8 * index, BigInt(value), true);
  return run(seccompFilter(architecture, { memoryCounted: true, isWatched }), data);
}

for (const architecture of ['x64', 'arm64'] as const) {
  const number = (name: keyof typeof examined): number => numberOf(examined[name], architecture) ?? -1;

  test(`${architecture}: the refused calls are refused, all others allowed`, () => {
    const denied = new Map(Object.entries(refused).map(([name, numbers]) => [numberOf(numbers, architecture), name]));
    const done = new Set(Object.values(ignored).map((numbers) => numberOf(numbers, architecture)));
    const special = new Set(Object.values(examined).map((numbers) => numberOf(numbers, architecture)));
    for (let one = 0; one < 600; one++) {
      if (special.has(one)) continue;
      expect([one, call(architecture, one)]).toEqual([
        one,
        denied.has(one) ? 'EPERM' : done.has(one) ? 'done' : allowed,
      ]);
    }
  });

  test(`${architecture}: of a job that is watched the warden is asked where the plain filter refuses, and about what is watched`, () => {
    const watch = (one: number, args: readonly number[] = []): string => call(architecture, one, args, undefined, true);
    const asked = new Set(
      [...Object.values(refused), ...Object.values(watched)].map((numbers) => numberOf(numbers, architecture)),
    );
    const special = new Set(
      [...Object.values(examined), watched.sendto].map((numbers) => numberOf(numbers, architecture)),
    );
    for (let one = 0; one < 600; one++) {
      if (special.has(one)) continue;
      const plain = call(architecture, one);
      expect([one, watch(one)]).toEqual([one, asked.has(one) ? 'asked' : plain]);
      // Whatever the plain filter refuses never goes on by itself.
      if (plain === 'EPERM') expect(watch(one)).toBe('asked');
    }
    expect(watch(number('clone'), [0x3d0f00])).toBe(allowed);
    expect(watch(number('clone'), [0x11])).toBe('asked');
    for (const namespace of [0x10000000, 0x10000000 | 0x3d0f00])
      expect(watch(number('clone'), [namespace])).toBe('EPERM');
    const sendto = numberOf(watched.sendto, architecture) ?? -1;
    expect(watch(sendto, [3, 4096, 1, 0, 0, 0])).toBe(allowed);
    expect(watch(sendto, [3, 4096, 1, 0, 4096, 16])).toBe('asked');
    expect(watch(sendto, [3, 4096, 1, 0, 2 ** 32, 16])).toBe('asked');
    expect(watch(number('socket'), [2, 3])).toBe('asked');
    expect(watch(number('socket'), [2, 1])).toBe(allowed);
    expect(watch(number('socket'), [16, 1])).toBe('EAFNOSUPPORT');
  });

  test(`${architecture}: clone makes threads and processes, not namespaces`, () => {
    const thread = 0x3d0f00;
    expect(call(architecture, number('clone'), [thread])).toBe(allowed);
    expect(call(architecture, number('clone'), [17])).toBe(allowed);
    for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
      expect(call(architecture, number('clone'), [flag + 17])).toBe('EPERM');
    expect(call(architecture, number('clone3'), [0])).toBe('ENOSYS');
  });

  test(`${architecture}: sockets of the usual families only, and none that make packets`, () => {
    const stream = 1 | 0x80000;
    for (let family = 0; family < 64; family++) {
      const expected = [1, 2, 10].includes(family) ? allowed : 'EAFNOSUPPORT';
      expect([family, call(architecture, number('socket'), [family, stream])]).toEqual([family, expected]);
      expect([family, call(architecture, number('socketpair'), [family, stream])]).toEqual([family, expected]);
    }
    for (const type of [3, 10, 3 | 0x80000]) expect(call(architecture, number('socket'), [2, type])).toBe('EPERM');
  });

  test(`${architecture}: sockets keep the size of their buffers, and no flow labels`, () => {
    const setting = (level: number, option: number): string =>
      call(architecture, number('setsockopt'), [3, level, option]);
    for (let option = 0; option < 80; option++) {
      expect([option, setting(1, option)]).toEqual([option, [7, 8, 32, 33].includes(option) ? 'done' : allowed]);
      expect([option, setting(41, option)]).toEqual([option, option === 32 ? 'EPERM' : allowed]);
      expect([option, setting(6, option)]).toEqual([option, allowed]);
    }
    expect(setting(1 + 2 ** 32, 7 + 2 ** 32)).toBe('done');
  });

  test(`${architecture}: terminals and personalities`, () => {
    for (const request of [0x5412, 0x541c, 0x5412 + 2 ** 32])
      expect(call(architecture, number('ioctl'), [1, request])).toBe('EPERM');
    expect(call(architecture, number('ioctl'), [1, 0x5401])).toBe(allowed);
    expect(call(architecture, number('personality'), [0xffffffff])).toBe(allowed);
    expect(call(architecture, number('personality'), [0x0040000])).toBe('EPERM');
  });

  test(`${architecture}: another architecture's calls end the process`, () => {
    for (const foreign of [0x40000003, 0xc000003e, 0xc00000b7, 0x40000028]) {
      if (foreign !== auditArchitecture[architecture]) expect(call(architecture, 1, [], foreign)).toBe('killed');
    }
  });
}

test('x64: the calls of x32 do not exist', () => {
  for (const one of [0x40000000, 0x40000001, 0x40000000 + 520, 0xffffffff]) expect(call('x64', one)).toBe('ENOSYS');
});

test('where nobody counts memory, memory without a process is refused', () => {
  for (const numbers of Object.values(refusedUncounted)) {
    const data = new DataView(new ArrayBuffer(64));
    data.setUint32(0, numberOf(numbers, 'x64') ?? -1, true);
    data.setUint32(4, auditArchitecture.x64, true);
    expect(run(seccompFilter('x64', { memoryCounted: true }), data)).toBe(allowed);
    expect(run(seccompFilter('x64', { memoryCounted: false }), data)).toBe('EPERM');
  }
});
