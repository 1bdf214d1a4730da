/**
 * Lines of Go's own profiles of blocks, of which each test has one: https://go.dev/blog/cover.
 *
 * A block counts for a test when it ran more often than before any test, in what packages do when they are loaded. Of a block the lines are told that have
 * a piece of a statement in it: a brace alone, white space or a comment is none.
 */
import type { JobFile } from '../types.ts';
import type { LinesByFile, TestCoverage } from './types.ts';

interface Block {
  readonly path: string;
  readonly count: number;
  /** First line, column after `.`; last line, column after it; both from 1. */
  readonly span: readonly [line: number, column: number, endLine: number, endColumn: number];
}

/** @param module import path of the project */
export function tellGoLines(text: string, files: readonly JobFile[], module: string): TestCoverage {
  const sources = new Map<string, readonly string[]>();
  const linesOf = (path: string): readonly string[] => {
    const known = sources.get(path);
    if (known !== undefined) return known;
    const file = files.find((one) => one.path === path);
    const lines = new TextDecoder().decode(file?.bytes).split('\n');
    sources.set(path, lines);
    return lines;
  };
  const tests = new Map<string, LinesByFile>();
  const loading = new Map<string, Set<number>>();
  const able = new Map<string, Set<number>>();
  /** Of the package at hand: block → times that it ran before any test. */
  let before = new Map<string, number>();
  for (const section of text.split(/^# /m).slice(1)) {
    const [head = '', ...rows] = section.split('\n');
    const isPackage = head.startsWith('package ');
    const name = head.slice(head.indexOf(' ') + 1);
    if (isPackage) before = new Map();
    const ran = new Map<string, Set<number>>();
    for (const row of rows) {
      const block = blockOf(row, module);
      if (block === null) continue;
      const lines = within(block, linesOf(block.path));
      if (isPackage) {
        before.set(row.slice(0, row.lastIndexOf(' ')), block.count);
        add(able, block.path, lines);
        if (block.count > 0) add(loading, block.path, lines);
      } else if (block.count > (before.get(row.slice(0, row.lastIndexOf(' '))) ?? 0)) add(ran, block.path, lines);
    }
    if (!isPackage) tests.set(name, rising(ran));
  }
  return { grain: 'test', tests, loading: rising(loading), able: rising(able) };
}

/** `module/dir/file.go:12.34,15.2 3 1` */
function blockOf(row: string, module: string): Block | null {
  const found = /^(.+):(\d+)\.(\d+),(\d+)\.(\d+) \d+ (\d+)$/.exec(row);
  if (found === null) return null;
  const [, name = '', ...numbers] = found;
  if (!name.startsWith(`${module}/`)) return null;
  const [line = 0, column = 0, endLine = 0, endColumn = 0, count = 0] = numbers.map(Number);
  return { path: name.slice(module.length + 1), count, span: [line, column, endLine, endColumn] };
}

function within({ span: [first, column, last, endColumn] }: Block, source: readonly string[]): number[] {
  const lines: number[] = [];
  // Columns are of bytes, and a statement begins before whatever is no ASCII in it.
  for (let line = first; line <= Math.min(last, source.length); line++) {
    const whole = source[line - 1] ?? '';
    const piece = whole.slice(line === first ? column - 1 : 0, line === last ? endColumn - 1 : undefined);
    if (piece.replace(/\/\/.*$/, '').replaceAll(/[{}()\s]/g, '') !== '') lines.push(line);
  }
  return lines;
}

function add(into: Map<string, Set<number>>, path: string, lines: readonly number[]): void {
  const known = into.get(path) ?? new Set<number>();
  into.set(path, known);
  for (const line of lines) known.add(line);
}

const rising = (files: ReadonlyMap<string, ReadonlySet<number>>): Map<string, number[]> =>
  new Map([...files].map(([path, lines]) => [path, [...lines].sort((a, b) => a - b)]));
