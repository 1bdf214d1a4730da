/** Rules in YAML: what is read, and what faults are told of; and what of a rule the index is asked. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Needs } from '../../code/mod.ts';
import { anyFile } from '../../index/mod.ts';
import { gramsOf } from './grams.ts';
import { type Languages, readLanguages } from './languages.ts';
import { readRegex } from './regex.ts';
import { readRules } from './rules-file.ts';
import { patternFinder } from './work.ts';

let languages: Languages;
beforeAll(async () => {
  languages = await readLanguages();
});

const read = (text: string) => readRules(text, 'r.yml', languages);

/** The complaint about a file, or about a rule when it is tied to its language. */
async function fault(text: string): Promise<string> {
  try {
    const finder = await patternFinder();
    for (const [at, rule] of (await read(text)).rules.entries())
      await finder.add(at, rule.languages?.[0] ?? 'javascript', rule.set);
    return 'read';
  } catch (error) {
    return `${(error as { code?: string }).code} ${(error as Error).message}`;
  }
}

const head = 'id: a\nlanguage: js\n';

describe('rules in YAML', () => {
  test('are read with their lines', async () => {
    const { rules, notices } = await read(`${head}message: m
severity: error
rule:
  all:
    - pattern: { context: 'class A { $B }', selector: field_definition, strictness: relaxed }
    - inside: { kind: class_body, stopBy: { kind: program }, field: body }
    - nthChild: { position: -2n + 3, reverse: true }
constraints:
  B: { regex: x }
note: n
---
rule: { kind: call_expression, has: { matches: u, stopBy: end } }
utils:
  u: { not: { nthChild: 2 } }
`);
    expect(rules.map(({ id, languages }) => [id, languages])).toEqual([
      ['a', ['javascript']],
      ['rule-2', null],
    ]);
    expect(notices).toEqual([]);
    const [first, second] = rules;
    expect(first).toMatchObject({ message: 'm', severity: 'error' });
    expect(first?.set.rule).toMatchObject({
      at: 'r.yml, line 6',
      all: [
        { at: 'r.yml, line 7', pattern: { selector: 'field_definition', strictness: 'relaxed' } },
        { inside: { stopBy: { kind: 'program' }, field: 'body', rule: { kind: 'class_body' } } },
        { at: 'r.yml, line 9', nthChild: { step: -2, offset: 3, reverse: true } },
      ],
    });
    expect(first?.set.constraints.get('B')).toMatchObject({ at: 'r.yml, line 11', regex: 'x' });
    expect(second?.set.utils.get('u')).toMatchObject({ not: { nthChild: { step: 0, offset: 2, reverse: false } } });
  });

  const cases: readonly [string, string][] = [
    ['a: [1', 'bad-data r.yml, line 1: this is no YAML'],
    ['a: b: c', 'bad-data r.yml, line 1: this is no YAML'],
    ['', 'bad-data r.yml, line 1: there is no rule in the file'],
    ['- a', 'bad-data r.yml, line 1: expected a file of rules'],
    [`${head}rules: {}\n`, 'line 3: a file of rules has no part "rules" here. Did you mean rule'],
    [`${head}`, 'line 1: there is no `rule`'],
    [`${head}rule:\n`, 'line 3: expected a rule'],
    [`${head}rule:\n  patern: f()\n`, 'line 4: a rule has no part "patern" here. Did you mean pattern'],
    [`${head}rule:\n  range: {}\n`, 'line 4: a rule has no part "range" here'],
    [
      `${head}rule:\n  kind: call_expresion\n`,
      'bad-query r.yml, line 4: javascript has no kind "call_expresion". Did you mean',
    ],
    [`${head}rule:\n  kind: a > b\n`, 'line 4: "a > b" is no single kind'],
    [`${head}rule:\n  pattern: f(\n`, 'bad-query r.yml, line 4: the pattern is no whole piece'],
    [`${head}rule:\n  regex: (\n`, 'bad-query r.yml, line 4: The pattern cannot be read at character 1'],
    [`${head}rule:\n  any:\n    - {}\n`, 'line 5: a rule has no condition'],
    [`${head}rule:\n  inside: { kind: program, stopBy: far }\n`, 'line 4: `stopBy` is neighbor, end or a rule'],
    [`${head}rule:\n  follows: { kind: program, field: x }\n`, 'line 4: a rule has no part "field" here'],
    [`${head}rule:\n  nthChild: 2m\n`, 'line 4: a position is a number'],
    [`${head}rule:\n  nthChild: 0\n`, 'line 4: no child has this position; the first one is 1'],
    [`${head}rule:\n  nthChild: { position: -n }\n`, 'line 4: no child has this position'],
    [`${head}rule:\n  pattern: { context: a, strictness: loose }\n`, 'line 4: "loose" is no strictness'],
    [`${head}rule: { matches: b }\n`, 'no rule "b" is among the utils'],
    [`${head}rule: { matches: b }\nutils:\n  b: { matches: c }\n  c: { not: { matches: b } }\n`, 'b → c → b'],
    [`${head}rule: { pattern: f($A) }\nconstraints:\n  B: { regex: x }\n`, 'line 5: no pattern has $B'],
    ['id: a\nlanguage: klingon\nrule: { pattern: x }\n', 'bad-query r.yml, line 2: "klingon" is no language'],
    [`${head}rule: { kind: program }\n---\n${head}rule: { kind: program }\n`, 'two rules are named "a"'],
    ['a: &a [*a]\n', 'bad-data'],
    [`${head}rule: ${'{ not: '.repeat(200)}${'}'.repeat(200)}\n`, 'nested at most 100 deep'],
    [`${head}rule: ${'{ not: '.repeat(3_000)}${'}'.repeat(3_000)}\n`, 'line 3: rules are nested at most 100 deep'],
  ];
  test('tell faults by file and line', async () => {
    for (const [text, expected] of cases)
      expect([text, await fault(text)]).toEqual([text, expect.stringContaining(expected)]);
  });

  test('that repeat themselves without end are refused', async () => {
    const lines = ['a: &a [x, x, x, x]'];
    for (let at = 1; at < 20; at++) {
      const before = String.fromCharCode(96 + at);
      lines.push(
        `${String.fromCharCode(97 + at)}: &${String.fromCharCode(97 + at)} [*${before}, *${before}, *${before}, *${before}]`,
      );
    }
    const startedMs = performance.now();
    expect(await fault(`${lines.join('\n')}\n`)).toContain('bad-data');
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });
});

describe('regular expressions in rules', () => {
  test('see a node’s text whole', () => {
    expect(readRegex('^b')('a\nb')).toBe(false);
    expect(readRegex('(?m)^b')('a\nb')).toBe(true);
    expect(readRegex('a$')('a\nb')).toBe(false);
    expect(readRegex('é+')('caféé')).toBe(true);
    expect(readRegex('^$')('')).toBe(true);
    expect(() => readRegex('a(?=b)')).toThrow('look-ahead');
  });
});

describe('what the index is asked', () => {
  const text = (of: string): Needs => ({ kind: 'text', text: of });

  test('is what every match holds, and nothing where that is not known', () => {
    expect(gramsOf({ kind: 'nothing' })).toEqual(anyFile);
    expect(gramsOf(text('é'))).toEqual(anyFile);
    expect(gramsOf({ kind: 'any', parts: [text('retry'), { kind: 'nothing' }] })).toEqual(anyFile);
    expect(gramsOf({ kind: 'all', parts: [text('ab'), text('retry')] })).toEqual(gramsOf(text('retry')));
    expect(gramsOf({ kind: 'regex', source: '^retry' })).toEqual(gramsOf(text('retry')));
  });
});
