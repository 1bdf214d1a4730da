/**
 * Puts probes into a WebAssembly module: its host hears of functions entered and left, of lines and blocks, and of memory that grew.
 *
 * A probe is a call through a table of the module's own, at whose places the host puts functions (`connectProbes`). So no index of the
 * module shifts, as it would with an imported function. What a function returns to its caller passes one place: the body becomes a block, and
 * every `return` a branch to its end. Lines come from DWARF, names from the name section, both of the module as it is before: probes go in first, then the meter.
 *
 * Functions without a line in the files asked for get no probes but for memory. Where no function has one and the module itself is asked for, all are told
 * block by block, and the lines are places: bytes from the module's beginning, as V8 names them in a stack. A function with several results keeps its
 * body, and its end is not told.
 */
import { type LineTexts, readLineRows } from './dwarflines.ts';
import { customContent, readNames, readTypes, type Signature, signaturesOf } from './functions.ts';
import { Op, skipImmediates } from './instructions.ts';
import {
  appendEntries,
  encodeModule,
  parseImports,
  parseModule,
  Reader,
  readSection,
  type Section,
  SectionId,
  Writer,
  withSection,
} from './module.ts';
import { Places, Put } from './places.ts';

export type ProbeKind = 'enter' | 'leave' | 'line' | 'block' | 'grow';

export interface Probe {
  readonly kind: ProbeKind;
  /** Index of `Probed.functions`; -1 where memory grows in code that is not looked into. */
  readonly code: number;
  /** 0: none. */
  readonly line: number;
}

export interface ProbedFunction {
  readonly name: string;
  readonly file: string;
  readonly first: number;
  readonly last: number;
}

export interface Probed {
  readonly module: Uint8Array;
  /** By the number that the module gives. */
  readonly probes: readonly Probe[];
  readonly functions: readonly ProbedFunction[];
}

export interface ProbeOptions {
  /** What a file of DWARF's is called by the host; null: not looked into. */
  fileOf(path: string): string | null;
  /** What the module is called as a file, where no line of its line tables is looked into; null: it is none. */
  readonly module: string | null;
  readonly blocks: boolean;
  /** Tell arguments and results: of the four kinds of numbers. */
  readonly values: boolean;
}

const tableExport = '__winnow_probes';

/** Value types with a probe each, in the order of the table, which begins with the one for places. */
const numberTypes = [0x7f, 0x7e, 0x7d, 0x7c];

/** Called by the module. `at` of a value: the parameter's number, or -1 for a result. */
export interface ProbeSink {
  probe(number: number): void;
  value(at: number, value: number | bigint): void;
}

/** @throws WasmFormatError when the module is malformed or uses an instruction that is not known */
export function probe(module: Uint8Array, options: ProbeOptions): Probed {
  const sections = parseModule(module);
  const find = (id: number) => sections.find((section) => section.id === id);
  const code = find(SectionId.code);
  if (code === undefined) return { module, probes: [], functions: [] };
  const types = readTypes(find(SectionId.type));
  const imports = parseImports(find(SectionId.import));
  const prober = new Prober(options, types.count, countOf(imports, 'table') + entriesIn(find(SectionId.table)));
  const signatures = signaturesOf(find(SectionId.function), types.signatures);
  const names = readNames(sections);
  const firstFunction = countOf(imports, 'function');
  const debug = (name: string): Uint8Array => customContent(sections, `.debug_${name}`);
  prober.addLines(debug('line'), { line: debug('line_str'), other: debug('str') });
  const bytes = prober.rewrite(code, signatures, (index) => names.get(firstFunction + index) ?? `function ${index}`);
  let out: readonly Pick<Section, 'id' | 'bytes'>[] = sections.filter(({ id }) => id !== SectionId.custom);
  out = withSection(out, appendEntries(SectionId.type, find(SectionId.type), prober.typeEntries()));
  out = withSection(
    out,
    appendEntries(SectionId.table, find(SectionId.table), [Uint8Array.of(0x70, 0x01, slots, slots)]),
  );
  const named = new Writer();
  named.name(tableExport);
  named.byte(1);
  named.u32(prober.table);
  out = withSection(out, appendEntries(SectionId.export, find(SectionId.export), [named.done()]));
  out = withSection(out, { id: SectionId.code, bytes });
  return { module: encodeModule(out), probes: prober.probes, functions: prober.functions };
}

/** Gives the instance its host's ears. */
export function connectProbes(exports: WebAssembly.Exports, sink: ProbeSink): void {
  const table = exports[tableExport];
  if (!(table instanceof WebAssembly.Table)) throw new Error(`the module exports no ${tableExport}; probe() it first`);
  const host = {
    p: (number: number) => sink.probe(number),
    v: (at: number, value: number | bigint) => sink.value(at, value),
  };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(earModule()), { h: host });
  for (let slot = 0; slot < slots; slot++) table.set(slot, instance.exports[`f${slot}`] as CallableFunction);
}

const slots = 1 + numberTypes.length;

/** A table holds functions of WebAssembly only, so those of the host pass through a module that hands them on. */
function earModule(): Uint8Array {
  const types = probeTypes();
  const section = (id: number, entries: readonly Uint8Array[]) => appendEntries(id, undefined, entries);
  const text = (value: string) => [value.length, ...Buffer.from(value)];
  return encodeModule([
    section(SectionId.type, types),
    section(
      SectionId.import,
      types.map((_, at) => Uint8Array.of(...text('h'), ...text(at === 0 ? 'p' : 'v'), 0, at)),
    ),
    section(
      SectionId.export,
      types.map((_, at) => Uint8Array.of(...text(`f${at}`), 0, at)),
    ),
  ]);
}

/** `(i32) → ()`, then `(i32, number) → ()`. */
const probeTypes = (): Uint8Array[] => [
  Uint8Array.of(0x60, 1, 0x7f, 0),
  ...numberTypes.map((type) => Uint8Array.of(0x60, 2, 0x7f, type, 0)),
];

class Prober {
  readonly probes: Probe[] = [];
  readonly functions: ProbedFunction[] = [];
  readonly table: number;
  readonly #options: ProbeOptions;
  readonly #firstType: number;
  /** Lines by the position where they begin, in the code section. */
  readonly #lines = new Map<number, { readonly file: string; readonly line: number }>();
  /** No line of any file is looked into, but the module is: its name. */
  #module: string | null = null;
  /** Of several lines that begin at one position the first. */
  readonly #opening = new Map<number, number>();
  readonly #positions: number[] = [];
  readonly #places = new Places();

  constructor(options: ProbeOptions, types: number, table: number) {
    this.#options = options;
    this.#firstType = types;
    this.table = table;
  }

  typeEntries(): Uint8Array[] {
    return probeTypes();
  }

  addLines(debugLine: Uint8Array, texts: LineTexts): void {
    for (const row of readLineRows(debugLine, texts)) {
      const file = row.line === 0 || !row.isStatement ? null : this.#options.fileOf(row.file);
      if (file === null) continue;
      if (!this.#lines.has(row.address)) {
        this.#opening.set(row.address, row.line);
        this.#positions.push(row.address);
      }
      this.#lines.set(row.address, { file, line: row.line });
    }
    if (this.#lines.size === 0) this.#module = this.#options.module;
  }

  rewrite(
    section: Section,
    signatures: readonly (Signature | undefined)[],
    nameOf: (index: number) => string,
  ): Uint8Array {
    const reader = readSection(section);
    const out = new Writer(section.bytes.length * 2);
    const count = reader.u32();
    out.u32(count);
    for (let index = 0; index < count; index++) {
      const size = reader.u32();
      const from = reader.at;
      reader.skip(size);
      const begin = out.beginSize();
      const lines =
        this.#module === null ? this.#linesWithin(from, from + size) : this.#placesWithin(section, from, from + size);
      const body = new Reader(section.bytes, { at: from, end: from + size, base: section.offset });
      this.#function(body, lines, signatures[index], () => nameOf(index), out);
      out.endSize(begin);
    }
    reader.expectEnd('the code section');
    return out.done();
  }

  /** The beginnings of a function's blocks stand for its lines, which are known until the next function's. */
  #placesWithin(section: Section, from: number, to: number): number[] {
    this.#places.read(new Reader(section.bytes, { at: from, end: to, base: section.offset }));
    const places = this.#places.at.filter((_, at) => (this.#places.put[at] ?? Put.save) <= Put.chargeAndCheck);
    const found = [...new Set(places)];
    this.#lines.clear();
    this.#opening.clear();
    const file = this.#module ?? '';
    for (const at of found) this.#lines.set(at, { file, line: section.offset + at });
    if (found[0] !== undefined) this.#opening.set(found[0], section.offset + found[0]);
    return found;
  }

  #linesWithin(from: number, to: number): number[] {
    let low = 0;
    let high = this.#positions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#positions[middle] as number) < from) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    for (let at = low; (this.#positions[at] ?? to) < to; at++) found.push(this.#positions[at] as number);
    return found;
  }

  #function(
    body: Reader,
    lines: readonly number[],
    signature: Signature | undefined,
    nameOf: () => string,
    out: Writer,
  ): void {
    const first = this.#lines.get(lines[0] ?? -1);
    const code = first === undefined || signature === undefined ? -1 : this.functions.length;
    const own = lines.flatMap((at) =>
      this.#lines.get(at)?.file === first?.file ? [this.#lines.get(at)?.line ?? 0] : [],
    );
    if (code >= 0 && first !== undefined)
      this.functions.push({
        name: nameOf(),
        file: first.file,
        first: Math.min(...own),
        last: Math.max(...own),
      });
    const start = body.at;
    this.#places.read(new Reader(body.bytes, { at: start, end: body.end, base: body.base }));
    const { locals, localGroups, localCount, code: codeAt } = this.#places;
    const blocks = new Set(
      this.#options.blocks && code >= 0
        ? this.#places.at.filter((_, place) => (this.#places.put[place] ?? Put.save) <= Put.chargeAndCheck)
        : [],
    );
    const parameters = signature?.parameters ?? [];
    const results = signature?.results ?? [];
    const wraps = code >= 0 && results.length <= 1;
    const result = results[0];
    const keeps = wraps && this.#options.values && result !== undefined && numberTypes.includes(result);
    out.u32(localGroups + (keeps ? 1 : 0));
    out.copy(body.bytes, locals, codeAt);
    if (keeps) out.bytes([1, result]);
    const kept = parameters.length + localCount;
    if (code >= 0) {
      if (this.#options.values) this.#tellParameters(parameters, out);
      this.#put('enter', code, 0, out);
    }
    if (wraps) out.bytes([Op.block, result ?? 0x40]);
    body.at = codeAt;
    let copied = codeAt;
    const copyTo = (position: number) => {
      out.copy(body.bytes, copied, position);
      copied = position;
    };
    let next = 0;
    let line = 0;
    let begun: number | null = null;
    let isLoopHead = false;
    // The line on which a function opens is marked before its first instruction, or at it and then replaced.
    if (code >= 0 && (lines[0] ?? body.end) <= codeAt) line = this.#opening.get(lines[0] as number) ?? 0;
    if (line > 0) this.#put('line', code, line, out);
    for (let depth = 0; depth >= 0; ) {
      const before = body.at;
      for (; next < lines.length && (lines[next] as number) <= before; next++) {
        const row = this.#lines.get(lines[next] as number);
        if (row?.file === first?.file) begun = row?.line ?? null;
      }
      // What begins at the head of a loop begins with each turn, so it is told within.
      const marks = body.bytes[before] === Op.loop || body.bytes[before] === Op.block;
      if (code >= 0 && !marks && (begun !== null || (isLoopHead && line > 0))) {
        copyTo(before);
        line = begun ?? line;
        this.#put('line', code, line, out);
      }
      if (!marks) [begun, isLoopHead] = [null, false];
      else if (body.bytes[before] === Op.loop) isLoopHead = true;
      if (blocks.has(before) && line > 0) {
        copyTo(before);
        this.#put('block', code, line, out);
      }
      const op = body.byte();
      skipImmediates(body, op);
      if (op === Op.block || op === Op.loop || op === Op.if || op === Op.try || op === Op.tryTable) depth++;
      else if (op === Op.end || op === Op.delegate) depth--;
      else if (op === Op.return && wraps) {
        copyTo(before);
        out.byte(Op.br);
        out.u32(depth);
        copied = body.at;
      } else if (op === Op.memoryGrow) {
        copyTo(body.at);
        this.#put('grow', code, line, out);
      }
    }
    // The last `end` closes the block; the function's own comes behind what is told.
    copyTo(body.at);
    body.expectEnd('a function');
    if (!wraps) return;
    if (keeps) {
      out.byte(Op.localTee);
      out.u32(kept);
      this.#value(-1, result, kept, out);
    }
    this.#put('leave', code, 0, out);
    out.byte(Op.end);
  }

  #tellParameters(parameters: readonly number[], out: Writer): void {
    for (const [at, type] of parameters.entries()) if (numberTypes.includes(type)) this.#value(at, type, at, out);
  }

  #value(at: number, type: number, local: number, out: Writer): void {
    out.byte(Op.i32Const);
    out.s32(at);
    out.byte(Op.localGet);
    out.u32(local);
    this.#call(1 + numberTypes.indexOf(type), out);
  }

  #put(kind: ProbeKind, code: number, line: number, out: Writer): void {
    out.byte(Op.i32Const);
    out.s32(this.probes.length);
    this.probes.push({ kind, code, line });
    this.#call(0, out);
  }

  #call(slot: number, out: Writer): void {
    out.byte(Op.i32Const);
    out.s32(slot);
    out.byte(Op.callIndirect);
    out.u32(this.#firstType + slot);
    out.u32(this.table);
  }
}

const countOf = (imports: ReturnType<typeof parseImports>, kind: string): number =>
  imports.filter((one) => one.kind === kind).length;

const entriesIn = (section: Section | undefined): number => (section === undefined ? 0 : readSection(section).u32());
