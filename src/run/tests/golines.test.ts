import { expect, it } from 'vitest';
import { tellGoLines } from './golines.ts';

const source = `package g

var table = build()

func build() []int {
	return nil // none
}

func Pick(a bool) int {
	if a {
		return 1
	}
	// Two.
	return 2
}
`;
const block = (span: string, count: number): string => `m/g/lib.go:${span} 1 ${count}`;
const profile = (name: string, counts: readonly number[]): string =>
  `# ${name}\n${['5.20,7.2', '9.23,10.7', '10.7,12.3', '14.2,14.10']
    .map((span, at) => block(span, counts[at] ?? 0))
    .join('\n')}\n`;

it('lines of a test are those that ran more often than before any test', () => {
  const text =
    profile('package m/g', [1]) + profile('test m/g.TestA', [1, 1, 1]) + profile('test m/g.TestB', [2, 1, 0, 1]);
  const { tests, loading, able } = tellGoLines(text, [{ path: 'g/lib.go', bytes: Buffer.from(source) }], 'm');
  const lines = (name: string): unknown => tests.get(name)?.get('g/lib.go');
  expect([lines('m/g.TestA'), lines('m/g.TestB')]).toEqual([
    [10, 11],
    [6, 10, 14],
  ]);
  expect([loading.get('g/lib.go'), able.get('g/lib.go')]).toEqual([[6], [6, 10, 11, 14]]);
});

it('rows that are none, and files of others, are passed over', () => {
  const text = `# package m/g\nnonsense\nother/lib.go:1.1,2.2 1 1\n`;
  expect(tellGoLines(text, [], 'm').able.size).toBe(0);
});
