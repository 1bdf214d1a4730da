/**
 * Copies a tree out of tree-sitter's WebAssembly memory into a `SyntaxTree`.
 *
 * The idea: a parsed tree already lies in memory as C structures (`Subtree` and
 * `TSLanguage` of tree-sitter 0.25 to 0.27, 32-bit pointers). One pass over them, with no
 * call into WebAssembly, costs a few per cent of the parse. What this does is what
 * `TreeCursor` does: hidden nodes dissolve into their parent, aliases rename, fields
 * come from the production that holds the child (or the hidden ones around it).
 *
 * Layouts, as 32-bit words. Subtree, inline (bit 0 of the slot set): byte 0 flags, 1 symbol,
 * 6 padding, 7 size, all sizes in bytes of UTF-16. Subtree, on the heap: 1 padding bytes,
 * 4 size bytes, 9 child count, 10 low half symbol, 11 flags, 16 high half
 * production; the children are the slots of two words before it.
 *
 * The layout is tree-sitter's private matter, so it is never trusted blindly: `engine.ts`
 * compares a first tree of each grammar with a cursor walk and falls back to that
 * walk when they differ, as the tests do for every fixture.
 */
import { errorSymbol, type GrammarNames, maxErrors, nodeFlag, type SyntaxTree } from './tree.ts';

/** Flag bits of inline subtrees (byte 0) and heap subtrees (word 11). */
const inline = { visible: 2, extra: 8, missing: 32 } as const;
const heap = { visible: 1, extra: 4, missing: 512 } as const;

/** What one grammar's `TSLanguage` says, read lazily per production. */
export class GrammarTables {
  readonly names: GrammarNames;
  readonly #at: number;
  readonly #publicSymbols: Uint16Array;
  readonly #aliases: (Uint16Array | null | undefined)[] = [];
  readonly #fields: (Uint8Array | null | undefined)[] = [];

  /** @param at address of the TSLanguage structure */
  constructor(heap32: Uint32Array, at: number, names: GrammarNames) {
    this.#at = at >>> 2;
    this.names = names;
    const count = (heap32[this.#at + 1] as number) + (heap32[this.#at + 2] as number);
    const map = heap32[this.#at + 19] as number;
    this.#publicSymbols = new Uint16Array(heap32.buffer, map, count).slice();
  }

  publicSymbol(symbol: number): number {
    return symbol === errorSymbol ? symbol : (this.#publicSymbols[symbol] as number);
  }

  /** Aliases by structural child index; null when the production has none. */
  aliases(heap32: Uint32Array, production: number): Uint16Array | null {
    if (production === 0) return null;
    const known = this.#aliases[production];
    if (known !== undefined) return known;
    const length = (heap32[this.#at + 9] as number) & 0xffff;
    const at = (heap32[this.#at + 21] as number) + production * length * 2;
    const row = length === 0 ? new Uint16Array(0) : new Uint16Array(heap32.buffer, at, length).slice();
    const kept = row.some((alias) => alias !== 0) ? row : null;
    this.#aliases[production] = kept;
    return kept;
  }

  /** Own (not inherited) fields by structural child index; null when there are none. */
  fields(heap32: Uint32Array, production: number): Uint8Array | null {
    const known = this.#fields[production];
    if (known !== undefined) return known;
    let kept: Uint8Array | null = null;
    if ((heap32[this.#at + 8] as number) > 0) {
      const slice = heap32[((heap32[this.#at + 16] as number) >>> 2) + production] as number;
      const first = slice & 0xffff;
      const length = slice >>> 16;
      const entries = (heap32[this.#at + 17] as number) >>> 2;
      for (let i = first; i < first + length; i++) {
        const entry = heap32[entries + i] as number;
        if (entry >>> 24 !== 0) continue;
        const child = (entry >>> 16) & 0xff;
        kept ??= new Uint8Array(256);
        if (kept[child] === 0) kept[child] = entry & 0xffff;
      }
    }
    this.#fields[production] = kept;
    return kept;
  }
}

/** Frames of the walk, eight numbers each; grown as needed and kept between files. */
let frames = new Int32Array(8 * 256);

/** What a frame holds, by offset. */
const frame = {
  /** Word index of the next child's slot, and one past the last. */
  slot: 0,
  endSlot: 1,
  /** Visible node that children hang on, and whether this frame opened it. */
  node: 2,
  opened: 3,
  /** Production of the parent, and how many of its children (extras apart) were met. */
  production: 4,
  structural: 5,
  /** Field that a hidden parent itself stands under. */
  field: 6,
  size: 8,
} as const;

/** A tree has at most some nodes per unit of text, hidden ones included; a walk that takes more is lost. */
const stepsPerUnit = 64;

/**
 * Fills `into` from the tree whose root slot is at byte address `rootSlot`.
 *
 * Written for speed: everything the inner loop touches is a local.
 *
 * @param heap32 all of WebAssembly's memory as it is now
 * @throws RangeError when memory is not laid out as expected
 */
export function copyTree(heap32: Uint32Array, rootSlot: number, tables: GrammarTables, into: SyntaxTree): void {
  // The root is the only child of a frame of its own, without a production.
  let slot = rootSlot >>> 2;
  let endSlot = slot + 2;
  let node = -1;
  let opened = 0;
  let structural = 0;
  let hiddenField = 0;
  let aliases: Uint16Array | null = null;
  let fields: Uint8Array | null = null;
  let production = 0;
  let top = 0;
  let position = 0;
  let steps = into.text.length * stepsPerUnit + 10_000;
  for (;;) {
    if (steps-- === 0 || !(slot < heap32.length))
      throw new RangeError('the tree in memory is not laid out as expected');
    if (slot === endSlot) {
      if (opened === 1) into.close(node);
      if (top === 0) return;
      top -= frame.size;
      slot = frames[top + frame.slot] as number;
      endSlot = frames[top + frame.endSlot] as number;
      node = frames[top + frame.node] as number;
      opened = frames[top + frame.opened] as number;
      production = frames[top + frame.production] as number;
      structural = frames[top + frame.structural] as number;
      hiddenField = frames[top + frame.field] as number;
      aliases = top === 0 ? null : tables.aliases(heap32, production);
      fields = top === 0 ? null : tables.fields(heap32, production);
      continue;
    }
    const word = heap32[slot] as number;
    let symbol: number;
    let padding: number;
    let size: number;
    let shown: boolean;
    let extra: boolean;
    let missing: boolean;
    let childCount = 0;
    let at = 0;
    if ((word & 1) === 1) {
      const sizes = heap32[slot + 1] as number;
      symbol = (word >>> 8) & 0xff;
      padding = (sizes >>> 16) & 0xff;
      size = sizes >>> 24;
      shown = (word & inline.visible) !== 0;
      extra = (word & inline.extra) !== 0;
      missing = (word & inline.missing) !== 0;
    } else {
      at = word >>> 2;
      padding = heap32[at + 1] as number;
      size = heap32[at + 4] as number;
      childCount = heap32[at + 9] as number;
      symbol = (heap32[at + 10] as number) & 0xffff;
      const flags = heap32[at + 11] as number;
      shown = (flags & heap.visible) !== 0;
      extra = (flags & heap.extra) !== 0;
      missing = (flags & heap.missing) !== 0;
    }
    slot += 2;
    let field = 0;
    if (!extra) {
      if (aliases !== null) {
        const alias = aliases[structural] ?? 0;
        if (alias !== 0) {
          symbol = alias;
          shown = true;
        }
      }
      if (fields !== null) field = fields[structural] as number;
      if (field === 0) field = hiddenField;
      structural++;
    }
    let child = node;
    if (shown) {
      const start = (position + padding) >>> 1;
      const flags = (extra ? nodeFlag.extra : 0) | (missing ? nodeFlag.missing : 0);
      child = into.add(tables.publicSymbol(symbol), field, start, start + (size >>> 1), node, flags);
      if ((symbol === errorSymbol || missing) && into.errors.length < maxErrors) into.errors.push(child);
    }
    if (childCount === 0) {
      position += padding + size;
      continue;
    }
    if (top + 2 * frame.size > frames.length) {
      const grown = new Int32Array(frames.length * 2);
      grown.set(frames);
      frames = grown;
    }
    frames[top + frame.slot] = slot;
    frames[top + frame.endSlot] = endSlot;
    frames[top + frame.node] = node;
    frames[top + frame.opened] = opened;
    frames[top + frame.production] = production;
    frames[top + frame.structural] = structural;
    frames[top + frame.field] = hiddenField;
    top += frame.size;
    slot = at - childCount * 2;
    endSlot = at;
    node = child;
    opened = shown ? 1 : 0;
    production = (heap32[at + 16] as number) >>> 16;
    structural = 0;
    hiddenField = shown ? 0 : field;
    aliases = tables.aliases(heap32, production);
    fields = tables.fields(heap32, production);
  }
}
