/**
 * Texts of which one is in every match, drawn from a pattern: looked for first, because finding a text is many times faster than
 * running an automaton.
 */

import { sizeOf } from './ranges.ts';
import type { Tree } from './tree.ts';
import { utf8Of } from './utf8.ts';

export interface Literals {
  /** Bytes as Latin-1 characters; none is empty. */
  readonly texts: readonly string[];
  /** Whether every place that holds one of them is a match and no other is. */
  readonly exact: boolean;
}

/** Texts looked for at a time: each is a pass of its own. */
const mostTexts = 4;
/** Members of a set that are written out. */
const mostMembers = 3;

/** Texts of a pattern by themselves, in the making: all that it may be, or null when that is too much. */
type Whole = readonly string[] | null;

/** @returns null when nothing useful is in every match */
export function literalsOf(tree: Tree): Literals | null {
  const whole = wholeOf(tree);
  if (whole !== null) return whole.every((text) => text !== '') ? { texts: whole, exact: !hasLook(tree) } : null;
  const best = requiredIn(tree);
  return best === null ? null : { texts: best, exact: false };
}

function hasLook(tree: Tree): boolean {
  if (tree.kind === 'look') return true;
  if (tree.kind === 'concat' || tree.kind === 'either') return tree.parts.some(hasLook);
  return tree.kind === 'repeat' && hasLook(tree.part);
}

function wholeOf(tree: Tree): Whole {
  switch (tree.kind) {
    case 'empty':
    case 'look':
      return [''];
    case 'class': {
      const size = sizeOf(tree.ranges);
      if (size === 0 || size > mostMembers) return null;
      const texts: string[] = [];
      for (let at = 0; at < tree.ranges.length; at += 2)
        for (let point = tree.ranges[at] as number; point <= (tree.ranges[at + 1] as number); point++)
          texts.push(String.fromCharCode(...(tree.bytes ? [point] : utf8Of(point))));
      return texts;
    }
    case 'concat':
      return tree.parts.reduce<Whole>((before, part) => crossed(before, before === null ? null : wholeOf(part)), ['']);
    case 'either': {
      const all = tree.parts.map(wholeOf);
      if (all.includes(null)) return null;
      const texts = [...new Set(all.flatMap((texts) => texts as string[]))];
      return texts.length > mostTexts ? null : texts;
    }
    case 'repeat':
      if (tree.min !== tree.max || tree.max > 16) return null;
      return wholeOf({ kind: 'concat', parts: Array.from({ length: tree.min }, () => tree.part) });
  }
}

function crossed(before: Whole, after: Whole): Whole {
  if (before === null || after === null || before.length * after.length > mostTexts) return null;
  return before.flatMap((head) => after.map((tail) => head + tail));
}

function requiredIn(tree: Tree): readonly string[] | null {
  if (tree.kind === 'repeat') return tree.min === 0 ? null : (requiredIn(tree.part) ?? useful(wholeOf(tree.part)));
  if (tree.kind === 'either') {
    const all = tree.parts.map((part) => better(useful(wholeOf(part)), requiredIn(part)));
    const texts = [...new Set(all.flatMap((texts) => texts ?? []))];
    return all.includes(null) || texts.length > mostTexts ? null : texts;
  }
  if (tree.kind !== 'concat') return useful(wholeOf(tree));
  let best: readonly string[] | null = null;
  let run: readonly string[] = [''];
  for (const part of tree.parts) {
    const longer = crossed(run, wholeOf(part));
    if (longer !== null) run = longer;
    else {
      best = better(best, better(useful(run), requiredIn(part)));
      run = useful(wholeOf(part)) ?? [''];
    }
  }
  return better(best, useful(run));
}

const useful = (texts: Whole): readonly string[] | null =>
  texts === null || texts.some((text) => text === '') ? null : texts;

function better(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b;
  return worth(b) > worth(a) ? b : a;
}

/** Longer is rarer; each further text costs a pass. */
function worth(texts: readonly string[]): number {
  return Math.min(...texts.map(rarity)) - texts.length;
}

/** A guess of how seldom a text stands in source: letters and digits in it, and half of all else. */
export function rarity(text: string): number {
  let sum = 0;
  for (const character of text) sum += character > ' ' ? (/[\w\x80-\xff]/.test(character) ? 1 : 0.7) : 0.2;
  return sum;
}

/** Two bytes of a text, by which it is looked for: the second stands `distance` behind the first. A third is in the same line; 0: none is. */
export interface Needle {
  readonly first: number;
  readonly second: number;
  readonly distance: number;
  readonly also: number;
}

/** Bytes of source, the most common first: a count over C, Python, Java and Ruby, roughly. */
const commonest = Array.from(' etarnisolcdpumfh.g_(),-"y;:b=/\'vk*w{}0>1x[]', (letter) => letter.charCodeAt(0));
/** So many of them stand in most lines. */
const inMostLines = 20;

const rank = (byte: number): number => {
  const at = commonest.indexOf(byte);
  return at === -1 ? commonest.length : at;
};

/** Of a longer text only the start is looked at: the loop that finds a needle may read so far beyond what it searches. */
const mostDistance = 32;

/**
 * The two rarest bytes of a text, and the rarest that a match must hold beside them.
 *
 * @param tree pattern that the text is in every match of
 * @returns null when the text is one byte that most lines hold
 */
export function needleOf(text: Uint8Array, tree: Tree): Needle | null {
  const places = Array.from(text.subarray(0, mostDistance), (byte, at) => ({ byte, at })).sort(
    (a, b) => rank(b.byte) - rank(a.byte),
  );
  const [one, other = one] = places;
  if (one === undefined || other === undefined) return null;
  if (one === other && rank(one.byte) < inMostLines) return null;
  const [first, second] = one.at < other.at ? [one, other] : [other, one];
  const rare = [...bytesIn(tree)].filter((byte) => !text.includes(byte) && rank(byte) >= inMostLines);
  const [also = 0] = rare.sort((a, b) => rank(b) - rank(a));
  return { first: first.byte, second: second.byte, distance: second.at - first.at, also };
}

/** Bytes of ASCII that every match holds, but line ends. */
function bytesIn(tree: Tree): Set<number> {
  if (tree.kind === 'class') {
    const [from = 0, to] = tree.ranges;
    return new Set(tree.ranges.length === 2 && from === to && from < 0x80 && from !== 10 ? [from] : []);
  }
  if (tree.kind === 'concat') return new Set(tree.parts.flatMap((part) => [...bytesIn(part)]));
  if (tree.kind === 'repeat' && tree.min > 0) return bytesIn(tree.part);
  if (tree.kind !== 'either') return new Set();
  const [first = new Set<number>(), ...others] = tree.parts.map(bytesIn);
  return new Set([...first].filter((byte) => others.every((other) => other.has(byte))));
}
