/**
 * Rows of a transpiled file's tables, told in the lines of the texts that it was made from (`sourcemaps.ts`).
 *
 * A function belongs to the text in which it begins. What runs in it and comes from another text, as in the module that a bundle is, belongs to a code
 * of its own with the same name in that text.
 */
import { placesOfText, type TraceTables } from '../../../code/mod.ts';
import type { FileMap } from './sourcemaps.ts';

/** How many rows the tables have: those of a file begin there. */
export type TableSizes = Readonly<Record<keyof TraceTables, number>>;

export const sizesOf = ({ points, effects, branches, codes }: TraceTables): TableSizes => ({
  points: points.length,
  effects: effects.length,
  branches: branches.length,
  codes: codes.length,
});

/** @param path of the file that runs, whose rows are the last, from `from` on */
export function toOriginals(tables: TraceTables, from: TableSizes, path: string, { originals }: FileMap): void {
  const { points, branches, codes } = tables;
  const textOf = (place: number): number => Math.floor(Math.abs(place) / placesOfText);
  const lineOf = (place: number): number => Math.abs(place) % placesOfText;
  const pathOf = (text: number): string => originals[text - 1]?.path ?? path;

  const texts = new Map<number, number>();
  const last = codes.length;
  for (let code = from.codes; code < last; code++) {
    const [, name, kind, line, end, parameters] = codes[code] as TraceTables['codes'][number];
    const isWhole = kind === 'module' && originals.length === 1;
    const text = isWhole ? 1 : textOf(line);
    texts.set(code, text);
    const ends = textOf(end) === text && lineOf(end) >= lineOf(line) ? lineOf(end) : 0;
    const [first, ending] = isWhole ? [1, originals[0]?.lines ?? 0] : [lineOf(line), ends];
    codes[code] = [pathOf(text), name, kind, first, ending, parameters];
  }

  const others = new Map<string, number>();
  /** The code itself, or what stands for it in another text. */
  const within = (code: number, text: number): number => {
    if (texts.get(code) === text) return code;
    const key = `${code} ${text}`;
    const [, name, kind] = codes[code] as TraceTables['codes'][number];
    const end = kind === 'module' ? (originals[text - 1]?.lines ?? 0) : 0;
    const made = others.get(key) ?? codes.push([pathOf(text), name, kind, 1, end, []]) - 1;
    others.set(key, made);
    return made;
  };

  for (let at = from.points; at < points.length; at++) {
    const [code, ...places] = points[at] as TraceTables['points'][number];
    const [place] = places;
    if (place !== undefined) points[at] = [within(code, textOf(place)), lineOf(place)];
  }
  for (let at = from.branches; at < branches.length; at++) {
    const [by, place, yes, no] = branches[at] as TraceTables['branches'][number];
    const text = textOf(place);
    const code = by < 0 ? (points[-1 - by]?.[0] ?? 0) : by;
    const told = within(code, text);
    if (by < 0) points[-1 - by] = [told];
    const to = (way: number): number => {
      if (way < 0) return told === code ? -(codes[code]?.[3] ?? 0) : 0;
      return textOf(way) === text ? lineOf(way) : 0;
    };
    branches[at] = [by < 0 ? by : told, lineOf(place), to(yes), to(no)];
  }
}
