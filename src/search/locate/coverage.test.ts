import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCoverage } from './coverage.ts';
import { formulas, suspicion } from './spectrum.ts';

describe('formulas', () => {
  const counts = { failing: 2, passing: 6, allFailing: 4, allPassing: 10 };
  const check = (formula: (typeof formulas)[number], expected: number) =>
    test(formula, () => expect(suspicion(formula, counts)).toBeCloseTo(expected, 12));
  check('ochiai', 2 / Math.sqrt(4 * 8));
  check('tarantula', 0.5 / (0.5 + 0.6));
  check('op2', 2 - 6 / 11);
  check('barinel', 0.25);
  check('dstar', 4 / 8);

  test('more failing tests and fewer passing ones are never less suspect', () => {
    const whole = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(fc.constantFrom(...formulas), whole, whole, whole, whole, (formula, ef, nf, ep, np) => {
        const of = (failing: number, passing: number) =>
          suspicion(formula, { failing, passing, allFailing: ef + nf + 1, allPassing: ep + np + 1 });
        expect(of(ef + 1, ep)).toBeGreaterThanOrEqual(of(ef, ep));
        expect(of(ef, ep)).toBeGreaterThanOrEqual(of(ef, ep + 1));
        expect(Number.isFinite(of(ef, ep))).toBe(true);
      }),
    );
  });
});

describe('files', () => {
  test('our own form', () => {
    const tests = parseCoverage('{"tests":[{"name":"a","passed":false,"lines":{"x.py":[1,2]}}]}', []);
    expect(tests).toEqual([{ name: 'a', passed: false, lines: new Map([['x.py', [1, 2]]]) }]);
  });

  const report = JSON.stringify({
    meta: { show_contexts: true },
    files: { 'x.py': { contexts: { 1: ['', 't.py::a|run', 't.py::b|run'], 2: ['t.py::a|setup'] } } },
  });
  test('of coverage.py', () => {
    expect(parseCoverage(report, ['::a'])).toEqual([
      { name: 't.py::a', passed: false, lines: new Map([['x.py', [1, 2]]]) },
      { name: 't.py::b', passed: true, lines: new Map([['x.py', [1]]]) },
    ]);
  });

  const refused = (name: string, text: string, message: RegExp) =>
    test(name, () => expect(() => parseCoverage(text, [])).toThrow(message));
  refused('no JSON', 'lcov', /Expected coverage as JSON/);
  refused('another form', '{"a":1}', /came neither/);
  refused('a test without a name', '{"tests":[{"passed":true,"lines":{}}]}', /as test 1/);
  refused('lines that are none', '{"tests":[{"name":"a","passed":true,"lines":{"x":[0]}}]}', /as test 1/);
  refused('no contexts', '{"files":{"x.py":{"executed_lines":[1]}}}', /Expected contexts/);
  refused('no failing test', report, /at least one failing test/);
});
