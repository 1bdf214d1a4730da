import { expect, it } from 'vitest';
import { neverBegun } from './gofound.ts';

const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });
const files = [
  file(
    'p/a_test.go',
    `package p
func TestMain(m *testing.M) {}
func TestA(t *testing.T) { panic("p") }
func Test(t *testing.T) {}
func Testing(t *testing.T) {}
func TestHelp(t *testing.T, more int) {}
func FuzzÄ(f *testing.F) {}
func ExampleA() {
	// Output: 1
}
func ExampleB() {
}
`,
  ),
  file('p/b_test.go', '//go:build never\n\npackage p\nfunc TestB(t *testing.T) {}\n'),
  file('p/b_windows_test.go', 'package p\nfunc TestW(t *testing.T) {}\n'),
  file('q/c_test.go', 'package q\nfunc TestC(t *testing.T) {}\n'),
  file('root_test.go', 'package m\nfunc TestR(t *testing.T) {}\n'),
];
const told = [
  { name: 'm/p.TestA', state: 'crashed', ms: 0, place: null, message: '', failedAt: null, details: '' } as const,
];

it('tests that a package did not come to are those of its sources that were not told', () => {
  const names = (early: string[], change = {}): string[] =>
    neverBegun(early, told, { files, only: [], arguments: [], ...change }, 'm').map(({ name }) => name);
  expect(names(['m/p'])).toEqual(['m/p.Test', 'm/p.FuzzÄ', 'm/p.ExampleA']);
  expect(names(['m', 'elsewhere'])).toEqual(['m.TestR']);
  expect(names(['m/p'], { only: ['FuzzÄ/x'] })).toEqual(['m/p.FuzzÄ']);
  expect(names(['m/p'], { arguments: ['-run=TestA'] })).toEqual([]);
});
