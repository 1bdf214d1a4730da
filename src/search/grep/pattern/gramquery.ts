/**
 * What grams every match of a pattern holds.
 *
 * The pattern is read from its start to its end with all texts that the last piece may be; where these become too many, or
 * what follows may be anything, their grams are noted and only their ends go on (after Russ Cox, "Regular Expression Matching with a Trigram Index").
 */
import { allOf, anyFile, type GramQuery, gramOf, lineEnd, longGramOf, oneOf, symbolOf } from '../../../index/mod.ts';
import { sizeOf } from './ranges.ts';
import type { Tree } from './tree.ts';
import { utf8Of } from './utf8.ts';

/** Texts at a time, and symbols of each. */
const mostTexts = 32;
const mostSymbols = 128;
/** Members of a set that are tried. */
const mostMembers = 200;

/** Texts over symbols, one character each; null for "anything". */
type Texts = readonly string[] | null;

export function gramQueryOf(tree: Tree): GramQuery {
  return new Reading().whole(tree);
}

class Reading {
  whole(tree: Tree): GramQuery {
    const run = new Run();
    this.#read(tree, run);
    run.end();
    return run.query();
  }

  #read(tree: Tree, run: Run): void {
    switch (tree.kind) {
      case 'empty':
      case 'look':
        return;
      case 'class':
        run.add(textsOf(tree.ranges, tree.bytes));
        return;
      case 'concat':
        for (const part of tree.parts) this.#read(part, run);
        return;
      case 'either':
        this.#either(tree.parts, run);
        return;
      case 'repeat':
        this.#repeat(tree, run);
    }
  }

  #either(parts: readonly Tree[], run: Run): void {
    const texts = parts.map(exactTexts);
    if (!texts.includes(null)) {
      const all = [...new Set(texts.flat() as string[])];
      if (all.length <= mostTexts) {
        run.add(all);
        return;
      }
    }
    run.end();
    run.note(oneOf(parts.map((part) => this.whole(part))));
  }

  #repeat({ part, min, max }: Tree & { kind: 'repeat' }, run: Run): void {
    if (min === 0) {
      const exact = max === 1 ? exactTexts(part) : null;
      if (exact !== null && exact.length < mostTexts) run.add([...new Set(['', ...exact])]);
      else run.end();
      return;
    }
    // Further times say nothing new.
    for (let times = 0; times < Math.min(min, 4); times++) this.#read(part, run);
    if (min > 4 || max > min) {
      run.end();
      this.#read(part, run);
    }
  }
}

/** All texts that a piece may be; null when they are too many. */
function exactTexts(tree: Tree): Texts {
  switch (tree.kind) {
    case 'empty':
    case 'look':
      return [''];
    case 'class':
      return textsOf(tree.ranges, tree.bytes);
    case 'concat':
      return tree.parts.reduce<Texts>(
        (before, part) => crossed(before, before === null ? null : exactTexts(part)),
        [''],
      );
    case 'either': {
      const parts = tree.parts.map(exactTexts);
      if (parts.includes(null)) return null;
      const all = [...new Set(parts.flat() as string[])];
      return all.length > mostTexts ? null : all;
    }
    case 'repeat': {
      if (tree.max > 4) return null;
      const once = exactTexts(tree.part);
      let all: Texts = tree.min === 0 ? [''] : [];
      let texts: Texts = [''];
      for (let times = 1; times <= tree.max && texts !== null && all !== null; times++) {
        texts = crossed(texts, once);
        if (texts === null) all = null;
        else if (times >= tree.min) all = [...all, ...texts];
      }
      return all === null || all.length > mostTexts ? null : [...new Set(all)];
    }
  }
}

function crossed(before: Texts, after: Texts): Texts {
  if (before === null || after === null || before.length * after.length > mostTexts) return null;
  const all = new Set<string>();
  for (const head of before) for (const tail of after) all.add(head + tail);
  const texts = [...all];
  return texts.some((text) => text.length > mostSymbols) ? null : texts;
}

function textsOf(ranges: readonly number[], bytes: boolean): Texts {
  if (sizeOf(ranges) > mostMembers) return null;
  const texts = new Set<string>();
  for (let at = 0; at < ranges.length; at += 2)
    for (let point = ranges[at] as number; point <= (ranges[at + 1] as number); point++) {
      texts.add(String.fromCharCode(...(bytes ? [point] : utf8Of(point)).map((byte) => symbolOf[byte] as number)));
      if (texts.size > mostTexts) return null;
    }
  return [...texts];
}

/** Texts that the match holds at the place that is read, and what was noted of those before. */
class Run {
  readonly #noted: GramQuery[] = [];
  #texts: readonly string[] = [''];

  add(texts: Texts): void {
    let longer = crossed(this.#texts, texts);
    if (longer === null) {
      this.#noteTexts();
      // Three symbols are what a gram across the seam needs.
      this.#texts = [...new Set(this.#texts.map((text) => text.slice(-3)))];
      longer = crossed(this.#texts, texts);
    }
    this.#texts = longer ?? texts ?? [''];
  }

  note(query: GramQuery): void {
    this.#noted.push(query);
  }

  end(): void {
    this.#noteTexts();
    this.#texts = [''];
  }

  query(): GramQuery {
    return allOf(this.#noted);
  }

  #noteTexts(): void {
    this.note(this.#texts.length === 0 ? anyFile : oneOf(this.#texts.map(gramsOf)));
  }
}

/** Grams of four symbols where there are as many in a row, else of three. */
function gramsOf(text: string): GramQuery {
  const grams: GramQuery[] = [];
  for (const line of text.split(String.fromCharCode(lineEnd))) {
    const symbols = Array.from(line, (symbol) => symbol.charCodeAt(0));
    const [a, b, c] = symbols as [number, number, number];
    if (symbols.length === 3) grams.push({ kind: 'gram', gram: gramOf(a, b, c) });
    let packed = 0;
    symbols.forEach((symbol, at) => {
      packed = ((packed << 6) | symbol) & 0xffffff;
      if (at >= 3) grams.push({ kind: 'gram', gram: longGramOf(packed) });
    });
  }
  return allOf(grams);
}
