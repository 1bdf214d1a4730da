/** Which types of Go implement which interfaces, and that following changes finds the same. */
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { describeGraph, edgesOf, type Made, makeGraph } from '../../../test/graphs.ts';

/** What a type implements and what a method of it is called as, in files of one module. */
async function check(
  files: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const { graph } = await makeGraph({ 'go.mod': 'module example.com/m\n', ...files });
  for (const [from, targets] of Object.entries(expected)) {
    const kind = from.includes('.', from.indexOf(':')) ? 'overrides' : 'implements';
    expect([from, ...edgesOf(graph, from, kind)]).toEqual([from, ...targets.map((to) => `${to} resolved method-set`)]);
  }
}

it('takes a type that has all methods, with as many parameters', () =>
  check(
    {
      'p/i.go': 'package p\ntype I interface { Do(a, b int, more ...string) error; Undo() }\ntype Any interface {}\n',
      'q/t.go': `package q
type T struct{}
func (t *T) Do(int, int, ...string) error { return nil }
func (T) Undo() {}
type Half struct{}
func (Half) Undo() {}
type Other []int
func (o Other) Do(a, b int) error { return nil }
func (o Other) Undo() {}
type Set[K any] struct{}
func (s *Set[K]) Do(x, y int, z ...string) error { return nil }
func (s *Set[K]) Undo() {}
`,
    },
    {
      'q/t.go:T': ['p/i.go:I'],
      'q/t.go:T.Do': ['p/i.go:I.Do'],
      'q/t.go:T.Undo': ['p/i.go:I.Undo'],
      'q/t.go:Half': [],
      'q/t.go:Half.Undo': [],
      'q/t.go:Other': [],
      'q/t.go:Set': ['p/i.go:I'],
      'q/t.go:Set.Undo': ['p/i.go:I.Undo'],
    },
  ));

it('counts in what structs and interfaces embed', () =>
  check(
    {
      'p/a.go': `package p
type R interface { Read() }
type RC interface { R; error; Close() }
type base struct{}
func (b base) Read() {}
func (b base) Error() string { return "" }
type File struct{ *base }
func (f File) Close() {}
type holds struct{ R }
`,
    },
    {
      'p/a.go:base': ['p/a.go:R'],
      'p/a.go:File': ['p/a.go:R', 'p/a.go:RC'],
      'p/a.go:File.Close': ['p/a.go:RC.Close'],
      'p/a.go:base.Read': ['p/a.go:R.Read'],
      'p/a.go:holds': [],
      'p/a.go:RC': [],
      'p/a.go:R.Read': [],
    },
  ));

it('leaves out interfaces of which not all is known, and methods that another package cannot have', () =>
  check(
    {
      'p/a.go': 'package p\nimport "io"\ntype RC interface { io.Reader; Close() }\ntype sealed interface { mark() }\n',
      'p/b.go': 'package p\ntype In struct{}\nfunc (In) mark() {}\nfunc (In) Close() {}\n',
      'q/b.go': 'package q\ntype Out struct{}\nfunc (Out) mark() {}\n',
    },
    { 'p/b.go:In': ['p/a.go:sealed'], 'q/b.go:Out': [] },
  ));

it('knows a method that two embedded structs have as nobody’s, and a type of two systems as one', () =>
  check(
    {
      'p/a.go':
        'package p\ntype I interface { Do() }\ntype A struct{}\nfunc (A) Do() {}\ntype B struct{}\nfunc (B) Do() {}\n',
      'p/c.go': 'package p\ntype AB struct { A; B }\ntype Deep struct { os }\n',
      'p/os_linux.go': 'package p\ntype os struct{}\nfunc (os) Do() {}\n',
      'p/os_windows.go': 'package p\ntype os struct{}\nfunc (os) Do() {}\n',
    },
    {
      'p/c.go:AB': [],
      'p/c.go:Deep': ['p/a.go:I'],
      'p/os_linux.go:os.Do': ['p/a.go:I.Do'],
      'p/os_windows.go:os': ['p/a.go:I'],
    },
  ));

const variants: Readonly<Record<string, readonly (string | null)[]>> = {
  'p/i.go': [
    'package p\ntype I interface { Do() }\n',
    'package p\n\ntype I interface { Do(x int); E }\ntype E interface { End() }\n',
    'package p\ntype I interface { End() }\ntype J interface { Do(); End() }\n',
    null,
  ],
  'p/t.go': [
    'package p\ntype T struct{}\nfunc (T) Do() {}\n',
    'package p\ntype T struct{ base }\nfunc (T) Do(x int) {}\nfunc f(i I) { i.Do(1) }\n',
    'package q\ntype T struct{}\nfunc (t *T) Do() {}\n',
    null,
  ],
  'p/t_more.go': ['package p\nfunc (T) End() {}\n', 'package p\ntype base struct{}\nfunc (base) End() {}\n', null],
  'q/u.go': [
    'package q\nimport "example.com/m/p"\ntype U struct { p.T }\n',
    'package q\ntype U struct{}\nfunc (U) Do() {}\nfunc (U) End() {}\n',
    null,
  ],
};
const paths = Object.keys(variants);
const chosen = fc.tuple(...paths.map(() => fc.nat({ max: 11 })));

function filesOf(state: readonly number[]): Record<string, string> {
  const files: Record<string, string> = { 'go.mod': 'module example.com/m\n' };
  for (const [at, path] of paths.entries()) {
    const options = variants[path] as readonly (string | null)[];
    const text = options[(state[at] as number) % options.length];
    if (typeof text === 'string') files[path] = text;
  }
  return files;
}

test('following changes gives what building anew gives', async () => {
  let edges = 0;
  const property = fc.asyncProperty(fc.array(chosen, { minLength: 2, maxLength: 5 }), async (states) => {
    let made: Made | null = null;
    for (const state of states) {
      made = await makeGraph(filesOf(state), made);
      const described = describeGraph((await makeGraph(filesOf(state))).graph);
      edges += described.split('method-set').length - 1;
      expect(describeGraph(made.graph)).toBe(described);
    }
  });
  await fc.assert(property, { numRuns: 100 });
  expect(edges).toBeGreaterThan(0);
});
