/** The table of offers: what is offered exists, and what is permitted of an input. That every text of every input has a row stands beside the operations table. */
import { describe, expect, test } from 'vitest';
import { operationTable } from '../operations/table.ts';
import { permitted } from './call.ts';
import { offers, whyAbsent } from './offers.ts';

const rows = operationTable.filter(({ name }) => Object.hasOwn(offers, name));

test('what is offered exists', () => {
  expect(Object.keys(offers).filter((name) => !rows.some((row) => row.name === name))).toEqual([]);
});

test('no bench, training, prompt or server is offered', () => {
  const names = rows.map(({ name }) => name);
  expect(names.filter((name) => /^(bench (?!show$)|(train|env|repl|add|serve|mcp|completions)\b)/.test(name))).toEqual(
    [],
  );
  for (const name of ['train', 'bench env', 'env serve', 'repl', 'a verb of tomorrow'])
    expect(whyAbsent(name)).toMatch(/\w{3,}.*\.$/);
});

describe('what is permitted of an input', () => {
  const where = { cwd: '/', roots: ['/usr'], allowWrite: false };
  const texts = new Set(['where', 'query', 'unread', 'out']);

  test('paths are held against the roots, texts are not', () => {
    const offer = { paths: ['where'], texts: ['query'] };
    expect(permitted({ where: '/usr/lib', query: '/etc' }, offer, texts, where)).toEqual({
      where: '/usr/lib',
      query: '/etc',
    });
    expect(() => permitted({ where: '/etc' }, offer, texts, where)).toThrow(/elsewhere/);
  });

  test('a text that becomes a path beside another property is held as well', () => {
    const offer = { texts: ['query', 'pattern'], pathsWith: { pattern: ['query'] } };
    expect(permitted({ query: '/etc' }, offer, texts, where)).toEqual({ query: '/etc' });
    expect(() => permitted({ query: '/etc', pattern: '$A' }, offer, texts, where)).toThrow(/elsewhere/);
  });

  test('a text that no row names is refused, whatever it is', () => {
    expect(() => permitted({ unread: 'x' }, {}, texts, where)).toThrow(/nobody has said/);
  });

  test('what writes is refused, but for values that do not', () => {
    const offer = { paths: ['out'], guarded: ['out', 'keep'], harmless: { keep: [false] } };
    expect(permitted({ keep: false }, offer, texts, where)).toEqual({ keep: false });
    expect(() => permitted({ keep: true }, offer, texts, where)).toThrow(/--allow-write/);
    expect(() => permitted({ out: '/usr/x' }, offer, texts, where)).toThrow(/--allow-write/);
    expect(permitted({ out: '/usr/x', keep: true }, offer, texts, { ...where, allowWrite: true })).toEqual({
      out: '/usr/x',
      keep: true,
    });
    expect(() => permitted({ out: '/etc/x' }, offer, texts, { ...where, allowWrite: true })).toThrow(/elsewhere/);
  });
});
