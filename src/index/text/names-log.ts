/** Symbol names gathered while a segment is built, given back sorted. */
import { encodeUtf8, type FileFacts, symbolKinds } from '../../code/mod.ts';
import type { SegmentWriter } from './writer.ts';

const kindNumbers = new Map(symbolKinds.map((kind, i) => [kind, i]));

export class NamesLog {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  /** Beside each other: one row an entry, in the order of versions and symbols. */
  readonly #name: number[] = [];
  readonly #version: number[] = [];
  readonly #symbol: number[] = [];
  readonly #kind: number[] = [];

  /** Rows and names held, in bytes, roughly. */
  get bytes(): number {
    return this.#name.length * 32 + this.#names.length * 100;
  }

  /** @param versionIndex not below that of the call before */
  add(facts: FileFacts, versionIndex: number): void {
    for (const [at, symbol] of facts.symbols.entries()) {
      const name = symbol.name.toWellFormed();
      if (name === '') continue;
      let number = this.#numbers.get(name);
      if (number === undefined) {
        number = this.#names.length;
        this.#numbers.set(name, number);
        this.#names.push(name);
      }
      this.#name.push(number);
      this.#version.push(versionIndex);
      this.#symbol.push(at);
      this.#kind.push(kindNumbers.get(symbol.kind) ?? 0);
    }
  }

  writeTo(writer: SegmentWriter): void {
    const count = this.#names.length;
    const start = new Uint32Array(count + 1);
    for (const name of this.#name) start[name + 1] = (start[name + 1] as number) + 1;
    for (let i = 0; i < count; i++) start[i + 1] = (start[i + 1] as number) + (start[i] as number);
    const next = start.slice();
    const order = new Uint32Array(this.#name.length);
    for (const [entry, name] of this.#name.entries()) {
      const at = next[name] as number;
      order[at] = entry;
      next[name] = at + 1;
    }
    const sorted = this.#names.map((name, number) => ({ name, folded: name.toLowerCase(), number })).sort(compareNames);
    for (const { name, number } of sorted) {
      const from = start[number] as number;
      const key = encodeUtf8(name);
      const entries = (start[number + 1] as number) - from;
      writer.addName(
        key,
        key.length,
        entries,
        (i) => order[from + i] as number,
        this.#version,
        this.#symbol,
        this.#kind,
      );
    }
  }
}

interface FoldedName {
  readonly name: string;
  /** `name` in lower case. */
  readonly folded: string;
}

/** The order of names in a segment: lower-cased, then original spelling, by UTF-16 units. */
export function compareNames(a: FoldedName, b: FoldedName): number {
  if (a.folded !== b.folded) return a.folded < b.folded ? -1 : 1;
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}
