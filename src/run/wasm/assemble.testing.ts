/**
 * For tests: writes small WebAssembly modules by hand, and runs their instructions one by one to count them.
 *
 * The interpreter shares nothing with `meter.ts`: it walks nested instructions, not bytes, and adds one for each that it
 * executes and that has a weight. Functions take and return nothing; locals are i32.
 */
export type Instruction =
  | readonly ['block' | 'loop', readonly Instruction[]]
  | readonly ['if', readonly Instruction[], readonly Instruction[]]
  | readonly ['br' | 'br_if' | 'call' | 'i32.const' | 'local.get' | 'local.set' | 'local.tee', number]
  | readonly ['br_table', readonly number[], number]
  | readonly [
      'nop' | 'drop' | 'return' | 'unreachable' | 'i32.add' | 'i32.sub' | 'i32.and' | 'i32.eqz' | 'memory.grow',
    ];

export interface Fn {
  readonly locals: number;
  readonly body: readonly Instruction[];
}

const opcodes: Record<string, readonly number[]> = {
  unreachable: [0x00],
  nop: [0x01],
  br: [0x0c],
  br_if: [0x0d],
  return: [0x0f],
  call: [0x10],
  drop: [0x1a],
  'local.get': [0x20],
  'local.set': [0x21],
  'local.tee': [0x22],
  'memory.grow': [0x40, 0],
  'i32.const': [0x41],
  'i32.eqz': [0x45],
  'i32.add': [0x6a],
  'i32.sub': [0x6b],
  'i32.and': [0x71],
};

export function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

export function signedLeb(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signedLeb(value >> 7)];
}

export function encode(body: readonly Instruction[]): number[] {
  return body.flatMap((instruction): number[] => {
    const [name] = instruction;
    if (name === 'block') return [0x02, 0x40, ...encode(instruction[1]), 0x0b];
    if (name === 'loop') return [0x03, 0x40, ...encode(instruction[1]), 0x0b];
    if (name === 'if') return [0x04, 0x40, ...encode(instruction[1]), 0x05, ...encode(instruction[2]), 0x0b];
    if (name === 'br_table')
      return [0x0e, ...leb(instruction[1].length), ...instruction[1].flatMap(leb), ...leb(instruction[2])];
    const operand = instruction[1] as number | undefined;
    const tail = operand === undefined ? [] : name === 'i32.const' ? signedLeb(operand) : leb(operand);
    return [...(opcodes[name] as readonly number[]), ...tail];
  });
}

export const section = (id: number, bytes: readonly number[]): number[] => [id, ...leb(bytes.length), ...bytes];
export const text = (value: string): number[] => [...leb(value.length), ...Buffer.from(value)];
export const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** A module that exports its functions as `f0`, `f1`, … and its memory of 1 to 3 pages as `memory`. */
export function assemble(functions: readonly Fn[]): Uint8Array {
  const exports = [...functions.keys()].flatMap((index) => [...text(`f${index}`), 0, ...leb(index)]);
  const bodies = functions.flatMap(({ locals, body }) => {
    const code = [1, ...leb(locals), 0x7f, ...encode(body), 0x0b];
    return [...leb(code.length), ...code];
  });
  return Uint8Array.from([
    ...header,
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [...leb(functions.length), ...functions.map(() => 0)]),
    ...section(5, [1, 1, 1, 3]),
    ...section(7, [...leb(functions.length + 1), ...exports, ...text('memory'), 2, 0]),
    ...section(10, [...leb(functions.length), ...bodies]),
  ]);
}

/** @returns the weight of the instructions that calling the function executes */
export function interpret(functions: readonly Fn[], index: number): number {
  let executed = 0;
  let pages = 1;
  const call = (callee: number): void => {
    const { locals: count, body } = functions[callee] as Fn;
    const locals = new Int32Array(count);
    const stack: number[] = [];
    const pop = () => stack.pop() as number;
    /** Runs a list. @returns labels to leave, 0: none; Infinity: the function */
    const run = (list: readonly Instruction[]): number => {
      for (const instruction of list) {
        const leave = step(instruction);
        if (leave > 0) return leave;
      }
      return 0;
    };
    const step = (instruction: Instruction): number => {
      const [name, operand] = instruction as readonly [string, number];
      if (!['block', 'loop', 'nop'].includes(name)) executed++;
      switch (instruction[0]) {
        case 'block':
          return Math.max(run(instruction[1]) - 1, 0);
        case 'loop':
          for (;;) {
            const leave = run(instruction[1]);
            if (leave !== 1) return Math.max(leave - 1, 0);
          }
        case 'if':
          return Math.max(run(pop() === 0 ? instruction[2] : instruction[1]) - 1, 0);
        case 'br':
          return operand + 1;
        case 'br_if':
          return pop() === 0 ? 0 : operand + 1;
        case 'br_table':
          return (instruction[1][pop() >>> 0] ?? instruction[2]) + 1;
        case 'return':
          return Number.POSITIVE_INFINITY;
        case 'unreachable':
          throw new Error('unreachable');
        case 'call':
          call(operand);
          return 0;
        case 'drop':
          pop();
          return 0;
        case 'i32.const':
          stack.push(operand | 0);
          return 0;
        case 'i32.eqz':
          stack.push(pop() === 0 ? 1 : 0);
          return 0;
        case 'i32.add':
          stack.push((pop() + pop()) | 0);
          return 0;
        case 'i32.sub':
          stack.push((-pop() + pop()) | 0);
          return 0;
        case 'i32.and':
          stack.push(pop() & pop());
          return 0;
        case 'local.get':
          stack.push(locals[operand] as number);
          return 0;
        case 'local.set':
          locals[operand] = pop();
          return 0;
        case 'local.tee':
          locals[operand] = stack.at(-1) as number;
          return 0;
        case 'memory.grow': {
          const by = pop() >>> 0;
          stack.push(pages + by <= 3 ? pages : -1);
          if (pages + by <= 3) pages += by;
          return 0;
        }
      }
      return 0;
    };
    run(body);
  };
  call(index);
  return executed;
}
