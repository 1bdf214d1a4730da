/**
 * The system call filter as the bytes that the kernel loads, made by a small assembler for classic BPF.
 *
 * An instruction is 8 bytes: u16 code, u8 offset if true, u8 offset if false, u32 operand, little-endian. The program looks at
 * `struct seccomp_data`: the call's number at byte 0, the architecture at 4, the low halves of the arguments at 16, 24, 32.
 * (Linux `include/uapi/linux/seccomp.h`, `linux/bpf_common.h`, `linux/audit.h`.)
 *
 * A jump reaches 255 instructions at most, which the assembler checks. Numbers are found by halving: since 5.11 the kernel goes through the
 * filter once per number when it loads it, to remember what is always allowed, and that is once a job (0.17 ms in a row, 0.05 ms by halves).
 */
import {
  type Architecture,
  examined,
  ignored,
  type Numbers,
  numberOf,
  refused,
  refusedUncounted,
  watched,
} from './syscalls.ts';

const loadWord = 0x20;
const andOperand = 0x54;
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const jumpIfAnyBit = 0x45;
const answer = 0x06;

export const action = { allow: 0x7fff0000, error: 0x00050000, killProcess: 0x80000000, notify: 0x7fc00000 } as const;
const errorNumber = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 } as const;

/** `AUDIT_ARCH_X86_64`, `AUDIT_ARCH_AARCH64`. */
export const auditArchitecture = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

const numberAt = 0;
const architectureAt = 4;
const argumentAt = (index: number): number => 16 + 8 * index;

/** Calls of the x32 ABI have this bit; it is a second, little tested door to the same kernel. */
const x32Bit = 0x40000000;
/** `CLONE_THREAD`. */
const threadFlag = 0x10000;
/** All `CLONE_NEW*` flags that fit the call: mounts, cgroup, UTS, IPC, user, process, network. */
const namespaceFlags = 0x7e020000;
const families = { AF_UNIX: 1, AF_INET: 2, AF_INET6: 10 } as const;
const socketTypeMask = 0xf;
const socketTypes = { SOCK_RAW: 3, SOCK_PACKET: 10 } as const;
/**
 * Sizes of socket buffers (`SO_SNDBUF`, `SO_RCVBUF` and their `FORCE`): memory that some kernels count for nobody. Answered as if
 * done, since a size is but a wish, which kernels cut down without a word too.
 */
const bufferSizes = { level: 1, options: [7, 8, 32, 33] } as const;
/** Typing into a terminal that one does not own: `TIOCSTI`, `TIOCLINUX`. */
const terminalRequests = [0x5412, 0x541c];
/** What `personality` may be asked: plain Linux, 32-bit Linux's name, and the query. Others weaken address randomisation. */
const personalities = [0, 8, 0xffffffff];

/** `IPPROTO_IPV6`, `IPV6_FLOWLABEL_MGR`: a leased label outlives its socket, so a later job would see it, and no counter shows it. */
const flowLabels = { level: 41, option: 32 } as const;

type Target = string | null;
interface Instruction {
  readonly code: number;
  readonly operand: number;
  readonly ifTrue: Target;
  readonly ifFalse: Target;
}

class Assembler {
  readonly #instructions: Instruction[] = [];
  readonly #labels = new Map<string, number>();

  add(code: number, operand: number, ifTrue: Target = null, ifFalse: Target = null): void {
    this.#instructions.push({ code, operand, ifTrue, ifFalse });
  }

  label(name: string): void {
    this.#labels.set(name, this.#instructions.length);
  }

  bytes(): Uint8Array {
    const view = new DataView(new ArrayBuffer(8 * this.#instructions.length));
    this.#instructions.forEach((one, index) => {
      view.setUint16(8 * index, one.code, true);
      view.setUint8(8 * index + 2, this.#offset(one.ifTrue, index));
      view.setUint8(8 * index + 3, this.#offset(one.ifFalse, index));
      view.setUint32(8 * index + 4, one.operand, true);
    });
    return new Uint8Array(view.buffer);
  }

  #offset(target: Target, from: number): number {
    if (target === null) return 0;
    const to = this.#labels.get(target);
    if (to === undefined) throw new Error(`no label ${target}`);
    const offset = to - from - 1;
    if (offset < 0 || offset > 255)
      throw new Error(`label ${target} is ${offset} instructions away; a jump reaches 0 to 255`);
    return offset;
  }
}

interface Case {
  readonly number: number;
  readonly target: string;
}

/** Goes to the case whose number was loaded, by halving; allows what is in none. @param cases in ascending order */
function choose(program: Assembler, cases: readonly Case[]): void {
  const middle = cases[cases.length >> 1];
  if (middle === undefined || cases.length <= 3) {
    for (const { number, target } of cases) program.add(jumpIfEqual, number, target);
    program.add(answer, action.allow);
    return;
  }
  const upper = `from ${middle.number}`;
  program.add(jumpIfAtLeast, middle.number, upper);
  choose(program, cases.slice(0, cases.length >> 1));
  program.label(upper);
  choose(program, cases.slice(cases.length >> 1));
}

/**
 * The filter for a machine.
 *
 * @param options.memoryCounted false where no cgroup counts memory
 * @param options.isWatched have the warden asked about calls that are refused and those of `watched`. It denies the former, as the plain filter does; a
 *   `clone` into namespaces, whose number is one of the latter too, is refused here.
 */
export function seccompFilter(
  architecture: Architecture,
  { memoryCounted, isWatched = false }: { readonly memoryCounted: boolean; readonly isWatched?: boolean },
): Uint8Array {
  const program = new Assembler();
  program.add(loadWord, architectureAt);
  program.add(jumpIfEqual, auditArchitecture[architecture], null, 'foreign');
  program.add(loadWord, numberAt);
  if (architecture === 'x64') program.add(jumpIfAtLeast, x32Bit, 'ENOSYS');
  const cases: Case[] = [];
  const add = (table: Readonly<Record<string, Numbers>>, target: string | null): void => {
    for (const [name, numbers] of Object.entries(table)) {
      const one = numberOf(numbers, architecture);
      if (one !== null) cases.push({ number: one, target: target ?? name });
    }
  };
  // The arguments of clone3 lie in memory, where a filter cannot look; C libraries then fall back to clone.
  const { clone3, ...byArguments } = examined;
  add({ clone3 }, 'ENOSYS');
  add(byArguments, null);
  add(memoryCounted ? refused : { ...refused, ...refusedUncounted }, 'EPERM');
  if (isWatched) {
    const { clone: _, sendto, ...always } = watched;
    add({ sendto }, null);
    add(always, 'notify');
  }
  add(ignored, 'done');
  choose(
    program,
    cases.sort((a, b) => a.number - b.number),
  );

  program.label('clone');
  program.add(loadWord, argumentAt(0));
  program.add(jumpIfAnyBit, namespaceFlags, 'EPERM at once', isWatched ? null : 'allow');
  if (isWatched) program.add(jumpIfAnyBit, threadFlag, 'allow', 'notify');

  if (isWatched) {
    program.label('sendto');
    for (const half of [0, 4]) {
      program.add(loadWord, argumentAt(4) + half);
      program.add(jumpIfEqual, 0, null, 'notify');
    }
    program.add(answer, action.allow);
  }

  program.label('socket');
  program.add(loadWord, argumentAt(1));
  program.add(andOperand, socketTypeMask);
  for (const type of Object.values(socketTypes)) program.add(jumpIfEqual, type, 'EPERM');
  program.label('socketpair');
  program.add(loadWord, argumentAt(0));
  for (const family of Object.values(families)) program.add(jumpIfEqual, family, 'allow');
  program.add(answer, action.error | errorNumber.EAFNOSUPPORT);

  program.label('ioctl');
  program.add(loadWord, argumentAt(1));
  for (const request of terminalRequests) program.add(jumpIfEqual, request, 'EPERM');
  program.add(answer, action.allow);

  program.label('setsockopt');
  program.add(loadWord, argumentAt(1));
  program.add(jumpIfEqual, bufferSizes.level, 'socket option');
  program.add(jumpIfEqual, flowLabels.level, null, 'allow');
  program.add(loadWord, argumentAt(2));
  program.add(jumpIfEqual, flowLabels.option, 'EPERM', 'allow');
  program.label('socket option');
  program.add(loadWord, argumentAt(2));
  for (const option of bufferSizes.options) program.add(jumpIfEqual, option, 'done');
  program.add(answer, action.allow);

  program.label('personality');
  program.add(loadWord, argumentAt(0));
  for (const value of personalities) program.add(jumpIfEqual, value, 'allow');

  program.label('EPERM');
  if (isWatched) {
    program.label('notify');
    program.add(answer, action.notify);
  }
  program.label('EPERM at once');
  program.add(answer, action.error | errorNumber.EPERM);
  program.label('done');
  program.add(answer, action.error);
  program.label('ENOSYS');
  program.add(answer, action.error | errorNumber.ENOSYS);
  program.label('foreign');
  program.add(answer, action.killProcess);
  program.label('allow');
  program.add(answer, action.allow);
  return program.bytes();
}
