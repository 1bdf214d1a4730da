/**
 * The stricter key of HumanEval+: the reference's answers on many more inputs, as a test of the form that `judgeFunctions` takes.
 *
 * Comparison is EvalPlus's (evaluate.py): equal, or close by the problem's tolerance, which is 1e-6 where it is 0 and the answer is a float or a list of such. Of problem 32 any root will do. Liu et al. 2023,
 * arXiv:2305.01210; rows {"task_id", "prompt", "entry_point", "canonical_solution", "base_input", "plus_input", "atol"}.
 */
import { WinnowError } from '../../base/mod.ts';

type Row = Readonly<Record<string, unknown>>;

/** @returns test texts by problem. @throws WinnowError `bad-data` */
export function strictTests(rows: readonly Row[], file: string): ReadonlyMap<string, string> {
  return new Map(
    rows.map((row) => {
      const { task_id: id, base_input: base, plus_input: plus } = row;
      if (!Array.isArray(base) || !Array.isArray(plus))
        throw new WinnowError('bad-data', `${file}: expected "base_input" and "plus_input", lists, of ${String(id)}.`);
      return [String(id), strictTest(row, [...base, ...plus])];
    }),
  );
}

/** Python's own reading of JSON text that stands in a Python literal: JSON's strings are Python's. */
const literal = (value: unknown): string => JSON.stringify(JSON.stringify(value));

function strictTest(row: Row, inputs: readonly unknown[]): string {
  const holds = row.task_id === 'HumanEval/32' ? "abs(_space['poly'](args[0], got)) <= 1e-4" : '_same(got, want)';
  return `
import copy as _copy, json as _json
_space = {}
exec(compile(_json.loads(${literal(`${row.prompt}${row.canonical_solution}`)}), '<reference>', 'exec'), _space)
_reference = _space[${JSON.stringify(row.entry_point)}]
_inputs = _json.loads(${literal(inputs)})
_tolerance = float(${JSON.stringify(String(row.atol ?? 0))})


def _floats(value):
    return isinstance(value, float) or isinstance(value, (list, tuple)) and len(value) > 0 and all(isinstance(one, float) for one in value)


def _same(got, want):
    if got == want:
        return True
    tolerance = 1e-6 if _tolerance == 0 and _floats(want) else _tolerance
    if tolerance == 0 or type(got) != type(want):
        return False
    pairs = list(zip(got, want)) if isinstance(want, (list, tuple)) else [(got, want)]
    if isinstance(want, (list, tuple)) and len(got) != len(want):
        return False
    return all(abs(a - b) <= tolerance + 1e-7 * abs(b) for a, b in pairs)


def check(candidate):
    for args in _inputs:
        want = _reference(*_copy.deepcopy(args))
        got = candidate(*_copy.deepcopy(args))
        assert ${holds}
`;
}
