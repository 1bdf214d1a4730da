/**
 * Reads the line tables of DWARF in a WebAssembly module: which instruction belongs to which line of which file.
 *
 * A table is a program for a small machine whose registers are an address, a file and a line; what it emits are rows. Versions 2 to 4, which
 * is what the compiler here is asked for. Anything else, and anything malformed, gives no rows: a trace without lines.
 * Addresses are bytes from the start of the code section's content.
 *
 * Source: DWARF 4, 6.2; "DWARF for WebAssembly" (yurydelendik/webassembly-dwarf).
 */

export interface LineRow {
  readonly address: number;
  /** As the compiler wrote it, joined with its directory. */
  readonly file: string;
  readonly line: number;
  /** A statement begins here. */
  readonly isStatement: boolean;
}

/** @returns rows of all units by their addresses; those of one address in the order in which they stand */
export function readLineRows(debugLine: Uint8Array): readonly LineRow[] {
  const rows: LineRow[] = [];
  const view = new DataView(debugLine.buffer, debugLine.byteOffset, debugLine.length);
  try {
    for (let at = 0; at + 4 <= debugLine.length; ) {
      const end = at + 4 + view.getUint32(at, true);
      readUnit(new Cursor(view, at + 4, Math.min(end, debugLine.length)), rows);
      at = end;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return rows.sort((a, b) => a.address - b.address);
}

/** Reads past its end throw a RangeError, as a DataView does. */
class Cursor {
  readonly view: DataView;
  at: number;
  readonly end: number;

  constructor(view: DataView, at: number, end: number) {
    this.view = view;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    if (this.at >= this.end) throw new RangeError('a line table ends too early');
    return this.view.getUint8(this.at++);
  }

  signedByte(): number {
    return (this.byte() << 24) >> 24;
  }

  u16(): number {
    return this.byte() | (this.byte() << 8);
  }

  u32(): number {
    return this.u16() + this.u16() * 65_536;
  }

  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const part = this.byte();
      value += (part & 0x7f) * 2 ** shift;
      if (part < 0x80) return value;
    }
  }

  signed(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const part = this.byte();
      value += (part & 0x7f) * 2 ** shift;
      if (part < 0x80) return part & 0x40 ? value - 2 ** (shift + 7) : value;
    }
  }

  text(): string {
    const from = this.at;
    while (this.byte() !== 0);
    return Buffer.from(this.view.buffer, this.view.byteOffset + from, this.at - 1 - from).toString('utf8');
  }
}

/** Opcodes with a meaning of their own. Source: DWARF 4, 6.2.5.2 and 6.2.5.3. */
const Standard = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  negateStatement: 6,
  constAddPc: 8,
  fixedAdvance: 9,
};
const Extended = { endSequence: 1, setAddress: 2 };

function readUnit(cursor: Cursor, rows: LineRow[]): void {
  const version = cursor.u16();
  if (version < 2 || version > 4) return;
  const headerLength = cursor.u32();
  const program = cursor.at + headerLength;
  const instruction = cursor.byte();
  if (version === 4) cursor.byte();
  const startsStatement = cursor.byte() !== 0;
  const lineBase = cursor.signedByte();
  const lineRange = cursor.byte();
  const opcodeBase = cursor.byte();
  const operands = Array.from({ length: opcodeBase - 1 }, () => cursor.byte());
  const directories = [''];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) directories.push(name);
  const files = [''];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) {
    const directory = directories[cursor.unsigned()] ?? '';
    files.push(name.startsWith('/') || directory === '' ? name : `${directory}/${name}`);
    cursor.unsigned();
    cursor.unsigned();
  }
  cursor.at = program;
  let address = 0;
  let file = 1;
  let line = 1;
  let isStatement = startsStatement;
  const emit = () => rows.push({ address, file: files[file] ?? '', line, isStatement });
  while (cursor.at < cursor.end) {
    const opcode = cursor.byte();
    if (opcode >= opcodeBase) {
      const adjusted = opcode - opcodeBase;
      address += Math.floor(adjusted / lineRange) * instruction;
      line += lineBase + (adjusted % lineRange);
      emit();
    } else if (opcode === 0) {
      const length = cursor.unsigned();
      const next = cursor.at + length;
      const kind = cursor.byte();
      if (kind === Extended.endSequence) [address, file, line, isStatement] = [0, 1, 1, startsStatement];
      else if (kind === Extended.setAddress) address = cursor.u32();
      cursor.at = next;
    } else if (opcode === Standard.copy) emit();
    else if (opcode === Standard.advancePc) address += cursor.unsigned() * instruction;
    else if (opcode === Standard.advanceLine) line += cursor.signed();
    else if (opcode === Standard.setFile) file = cursor.unsigned();
    else if (opcode === Standard.negateStatement) isStatement = !isStatement;
    else if (opcode === Standard.constAddPc) address += Math.floor((255 - opcodeBase) / lineRange) * instruction;
    else if (opcode === Standard.fixedAdvance) address += cursor.u16();
    else for (let left = operands[opcode - 1] ?? 0; left > 0; left--) cursor.unsigned();
  }
}
