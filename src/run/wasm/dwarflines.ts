/**
 * Reads the line tables of DWARF in a WebAssembly module: which instruction belongs to which line of which file.
 *
 * A table is a program for a small machine whose registers are an address, a file and a line; what it emits are rows. Versions 2 to 5. Anything
 * else, and anything malformed, gives no rows: a trace without lines. Addresses are bytes from the start of the code section's content.
 *
 * Source: DWARF 4 and 5, 6.2; "DWARF for WebAssembly" (yurydelendik/webassembly-dwarf).
 */

export interface LineRow {
  readonly address: number;
  /** As the compiler wrote it, joined with its directory. */
  readonly file: string;
  readonly line: number;
  /** A statement begins here. */
  readonly isStatement: boolean;
}

/** Sections in which names of files may lie, by version 5. */
export interface LineTexts {
  /** `.debug_line_str` */
  readonly line: Uint8Array;
  /** `.debug_str` */
  readonly other: Uint8Array;
}

const noTexts: LineTexts = { line: new Uint8Array(0), other: new Uint8Array(0) };

/** @returns rows of all units by their addresses; those of one address in the order in which they stand */
export function readLineRows(debugLine: Uint8Array, texts: LineTexts = noTexts): readonly LineRow[] {
  const rows: LineRow[] = [];
  const view = viewOf(debugLine);
  try {
    for (let at = 0; at + 4 <= debugLine.length; ) {
      const end = at + 4 + view.getUint32(at, true);
      readUnit(new Cursor(view, at + 4, Math.min(end, debugLine.length)), texts, rows);
      at = end;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return rows.sort((a, b) => a.address - b.address);
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

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

  skip(count: number): void {
    if (count > this.end - this.at) throw new RangeError('a line table ends too early');
    this.at += count;
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

/** The files of a unit, by the numbers that its program has for them. Source: DWARF 4, 6.2.4. */
function readFiles(cursor: Cursor): string[] {
  const directories = [''];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) directories.push(name);
  const files = [''];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) {
    files.push(joined(directories[cursor.unsigned()] ?? '', name));
    cursor.unsigned();
    cursor.unsigned();
  }
  return files;
}

const joined = (directory: string, name: string): string =>
  name.startsWith('/') || directory === '' ? name : `${directory}/${name}`;

/** What an entry has, and in which form. Source: DWARF 5, 6.2.4.1 and 7.5.6. */
const Content = { path: 1, directory: 2 };
const Form = {
  data2: 5,
  data4: 6,
  data8: 7,
  string: 8,
  block: 9,
  data1: 11,
  strp: 14,
  udata: 15,
  data16: 30,
  lineStrp: 31,
};

/** The same in version 5: entries say which parts they have. Directory 0 is where the compiler ran. */
function readFiles5(cursor: Cursor, texts: LineTexts): string[] {
  const entries = (): { readonly path: string; readonly directory: number }[] => {
    const parts = Array.from({ length: cursor.byte() }, () => [cursor.unsigned(), cursor.unsigned()] as const);
    const all: { path: string; directory: number }[] = [];
    for (let left = cursor.unsigned(); left > 0; left--) {
      const entry = { path: '', directory: 0 };
      for (const [content, form] of parts) {
        const value = readForm(cursor, form, texts);
        if (content === Content.path && typeof value === 'string') entry.path = value;
        if (content === Content.directory && typeof value === 'number') entry.directory = value;
      }
      // An entry of no bytes at all: the count alone would fill memory.
      if (parts.length === 0) break;
      all.push(entry);
    }
    return all;
  };
  const directories = entries().map(({ path }) => path);
  const places = directories.map((path) => joined(directories[0] ?? '', path));
  return entries().map(({ path, directory }) => joined(places[directory] ?? '', path));
}

function readForm(cursor: Cursor, form: number, texts: LineTexts): string | number | null {
  switch (form) {
    case Form.string:
      return cursor.text();
    case Form.lineStrp:
      return textAt(texts.line, cursor.u32());
    case Form.strp:
      return textAt(texts.other, cursor.u32());
    case Form.udata:
      return cursor.unsigned();
    case Form.data1:
      return cursor.byte();
    case Form.data2:
      return cursor.u16();
    case Form.data4:
      return cursor.u32();
    case Form.data8:
      cursor.skip(8);
      return null;
    case Form.data16:
      cursor.skip(16);
      return null;
    case Form.block:
      cursor.skip(cursor.unsigned());
      return null;
    default:
      throw new RangeError(`a form ${form} that line tables do not have`);
  }
}

const textAt = (bytes: Uint8Array, at: number): string => new Cursor(viewOf(bytes), at, bytes.length).text();

function readUnit(cursor: Cursor, texts: LineTexts, rows: LineRow[]): void {
  const version = cursor.u16();
  if (version < 2 || version > 5) return;
  // Sizes of an address and of a segment.
  if (version === 5) cursor.skip(2);
  const headerLength = cursor.u32();
  const program = cursor.at + headerLength;
  const instruction = cursor.byte();
  if (version >= 4) cursor.byte();
  const startsStatement = cursor.byte() !== 0;
  const lineBase = cursor.signedByte();
  const lineRange = cursor.byte();
  const opcodeBase = cursor.byte();
  const operands = Array.from({ length: opcodeBase - 1 }, () => cursor.byte());
  const files = version === 5 ? readFiles5(cursor, texts) : readFiles(cursor);
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
