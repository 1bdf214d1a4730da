/** Recording values as the benchmark does it: a program in the native sandbox, and what it is said to have worked with. */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { keptCache } from '../../../test/keptcache.ts';
import { openRunner } from '../runner.ts';
import { readValueRows, type ValueFunction } from './valuerows.ts';
import { recordValues, takeValues } from './values.ts';

const runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':') });
afterAll(() => runner.close());
const python = (await runner.offers())
  .find(({ backend }) => backend === 'native')
  ?.runtimes.find(({ language }) => language === 'python');
const reason = python?.state === 'ready' ? '' : ' (skipped: no native Python here)';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const lib = `class Hidden:
    asked = []
    def __len__(self):
        Hidden.asked.append('len')
        return 3
    def __bool__(self):
        Hidden.asked.append('bool')
        return False
    def __repr__(self):
        Hidden.asked.append('repr')
        return ''

class Cart:
    """A doc."""
    def __init__(self, rows=None):
        """A doc."""
        self.rows = rows or []
    def total(self, by):
        return sum(row[by] for row in self.rows)

def look(one):
    name = 'é'; other = one
    if len(name) > 5:
        return None
    return (lambda given: given)(other)

def fails(number):
    if number < 0:
        raise ValueError(number)
    return 1 / number

def counts(upto):
    at = 0
    while at < upto:
        at += 1
        yield at
def late(): return 1
def odd(): return getattr(look.__code__, 'co_positions', list)()
`;
const main = `import lib
cart = lib.Cart([{'price': 2}, {'price': 3}])
assert cart.total('price') == 5
hidden = lib.Hidden()
lib.look(hidden)
assert lib.Hidden.asked == []
for one in (4, 0, -1):
    try:
        lib.fails(one)
    except Exception as error:
        print(type(error).__name__, error.__traceback__.tb_next.tb_lineno)
print(sum(lib.counts(1000)))
lib.odd()
`;

describe(`a program of Python${reason}`, () => {
  const run = async (files: Record<string, string>) => {
    const given = {
      files: Object.entries(files).map(([path, text]) => ({ path, bytes: encode(text) })),
      env: { PYTHONDONTWRITEBYTECODE: '1' },
    };
    const prepared = await recordValues(given, ['lib.py']);
    const job = { language: 'python', entry: 'main.py', ...prepared };
    return takeValues(await runner.run(job, { backend: 'native' }));
  };
  const told = ({ sites }: ValueFunction, kind: string): string[] =>
    sites
      .filter((site) => site.kind === kind)
      .map(
        ({ what, at, values }) =>
          `${at.line}:${at.column} ${what} ${values.map(({ type, truth, size }) => `${type} ${truth} ${size}`).join(' | ')}`,
      );

  test.skipIf(reason !== '')('what its functions work with is told, and it runs as it does alone', async () => {
    const { functions, unreadable, outcome } = await run({ 'main.py': main, 'lib.py': lib });
    expect(Buffer.from(outcome.stderr.head).toString()).toBe('');
    expect(Buffer.from(outcome.stdout.head).toString()).toBe('ZeroDivisionError 30\nValueError 29\n500500\n');
    expect(unreadable).toBe(0);
    expect(outcome.files).toEqual([]);
    const by = new Map(functions.map((one) => [one.name, one]));
    const of = (name: string): ValueFunction => by.get(name) as ValueFunction;
    expect([...by.keys()]).toEqual(['Cart.__init__', 'Cart.total', 'look', 'fails', 'counts', 'odd']);
    expect(told(of('Cart.__init__'), 'argument')).toEqual([
      '15:18 self instance true null',
      '15:24 rows list true many',
    ]);
    expect(told(of('Cart.total'), 'attribute')).toEqual(['19:39 self.rows list true many']);
    expect(told(of('Cart.total'), 'item')).toEqual(['19:20 row[by] integer true more']);
    expect(told(of('Cart.total'), 'call')).toEqual(['19:16 sum(row[by] for row in self.rows) integer true more']);
    expect(told(of('look'), 'name')).toEqual([
      '22:25 one instance null null',
      '23:12 name text true one',
      '25:27 given instance null null',
      '25:34 other instance null null',
    ]);
    expect(told(of('fails'), 'argument')).toEqual([
      '27:11 number integer true more | integer false zero | integer true negative',
    ]);
    const { body, parameters, plain, calls, returned, returns } = of('Cart.__init__');
    expect({ body, parameters, plain, calls, returned, returns }).toEqual({
      body: [17, 9],
      parameters: ['self', 'rows'],
      plain: true,
      calls: 1,
      returned: 1,
      returns: [],
    });
    expect([of('fails').calls, of('fails').returned]).toEqual([3, 1]);
    expect([of('counts').plain, of('counts').calls, of('counts').returned]).toEqual([false, 1, 1]);
    const loop = of('counts').sites.find(({ what, at }) => what === 'at' && at.line === 34);
    expect(loop?.count).toBe(1001);
    // The first 64 are looked at, then one in 64.
    expect(loop?.values.reduce((sum, { count }) => sum + count, 0)).toBe(64 + 14);
    expect(of('look').returns).toEqual([
      { line: 24, column: 9, endLine: 24, endColumn: 20 },
      { line: 25, column: 5, endLine: 25, endColumn: 40 },
    ]);
  });

  test.skipIf(reason !== '')('a file that is no program, or is not watched, is left as it is', async () => {
    const { functions, outcome } = await run({
      'main.py': 'try:\n    import lib\nexcept SyntaxError:\n    print(1)\n',
      'lib.py': 'def f(:\n',
    });
    expect(functions).toEqual([]);
    expect(Buffer.from(outcome.stdout.head).toString()).toBe('1\n');
  });
});

test('a file of the job may not stand where rows are written', async () => {
  const given = { files: [{ path: '.winnow-values/plan.json', bytes: encode('') }] };
  await expect(recordValues(given, [])).rejects.toThrow(/stands where values are recorded/);
});

const row = {
  path: 'a.py',
  name: 'f',
  line: 1,
  end: 2,
  body: [2, 5],
  parameters: ['x'],
  returns: [],
  plain: true,
  calls: 1,
  returned: 1,
  sites: [{ kind: 'name', what: 'x', at: [2, 5, 2, 6], count: 1, values: [['text', 'str', 1, 'many', 1]] }],
};
const read = (given: unknown) => readValueRows(encode(`${JSON.stringify(given)}\n`));

test('a row is read', () => {
  expect(read(row).functions[0]?.sites[0]?.values).toEqual([
    { type: 'text', own: 'str', truth: true, size: 'many', count: 1 },
  ]);
});

test.each([
  ['no object', 3],
  ['a line that is none', { ...row, line: -1 }],
  ['a name without end', { ...row, name: 'x'.repeat(3000) }],
  ['parameters that are no texts', { ...row, parameters: [1] }],
  ['a kind that is unknown', { ...row, sites: [{ ...row.sites[0], kind: 'magic' }] }],
  ['a type that is unknown', { ...row, sites: [{ ...row.sites[0], values: [['string', 'str', 1, 'many', 1]] }] }],
])('%s is counted and not believed', (_, given) => {
  expect(read(given)).toEqual({ functions: [], unreadable: 1 });
});

test('reading never throws, whatever the bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (any) => void readValueRows(any)));
  fc.assert(fc.property(fc.json(), (any) => void readValueRows(encode(any))));
});
