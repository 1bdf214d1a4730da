/** Bash's tracer on scripts whose traces are known; native Bash only. */
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import { countsOf, eventsOf, linesOf, openTestTracing } from '../tracing.testing.ts';

const bash = await openTestTracing('bash', loadGrammarFile);
const backend = 'native';
const missing = bash.missing(backend);

const known = `f() {
  local x=$1
  echo "f $x"
}
f 1
for i in 1 2; do
  (( i > 1 )) && echo big
done
y=$(f 3)
if [ -n "$y" ]; then
  echo "$y" | cat
else
  echo never
fi
trap 'echo "bye $?"' EXIT
echo one two
echo "$_ $RANDOM $0 $1"
set -x
false | true
set +x
echo "\${PIPESTATUS[*]}"
exit 3
`;

describe.skipIf(missing !== '')(`Bash${missing}`, () => {
  test('lines, calls, subshells, and a script that runs as it does alone', async () => {
    const job = { args: ['a'] };
    const { trace, stdout, stderr, outcome } = await bash.run({ 'main.sh': known }, { backend, level: 'lines', job });
    const plain = await bash.run({ 'main.sh': known }, { backend, level: 'counts', files: [], job });
    // The two sides of a pipe say what they do in either order.
    const inOrder = (text: string): string[] => text.split('\n').sort();
    expect([stdout, inOrder(stderr), outcome.ending]).toEqual([
      plain.stdout,
      inOrder(plain.stderr),
      plain.outcome.ending,
    ]);
    expect(stdout).toMatch(/^f 1\nbig\nf 3\none two\ntwo \d+ (\.\/)?main\.sh a\n0\nbye 3\n$/);
    expect(inOrder(stderr)).toEqual(['', '+ false', '+ set +x', '+ true']);
    expect(outcome.ending).toEqual({ kind: 'exited', code: 3 });
    expect(trace.gaps).toEqual({ skippedLines: 0, uncountedLines: 0, droppedEvents: 0, cut: false, unreadable: 0 });
    const main = eventsOf(trace, 'line').filter(({ thread }) => thread === 0);
    expect(main.slice(0, 12).map(({ line }) => line)).toEqual([5, 1, 2, 3, 6, 7, 6, 7, 7, 9, 10, 11]);
    const call = eventsOf(trace, 'call')[1];
    expect([trace.codes[call?.code ?? -1]?.name, call?.caller]).toEqual(['f', 1]);
    expect(linesOf(trace).filter((line) => line === 3)).toHaveLength(2);
    const counts = countsOf(trace, 'main.sh').split(' ');
    for (const count of ['2:2', '3:2', '7:3', '15:1', '13:0', '22:1']) expect(counts).toContain(count);
  });

  test('what is left out is announced, and counts are whole', async () => {
    const loop = 'i=0\nwhile ((i < 50)); do\n  i=$((i + 1))\ndone\n';
    const { trace } = await bash.run({ 'main.sh': loop }, { backend, level: 'lines', limits: { firstHits: 5 } });
    expect(countsOf(trace, 'main.sh')).toBe('1:1 2:51 3:50');
    expect(trace.gaps.skippedLines).toBe(45 + 46);
    const counts = await bash.run({ 'main.sh': loop }, { backend, level: 'counts' });
    expect(counts.trace.events).toEqual([]);
    expect(countsOf(counts.trace, 'main.sh')).toBe('1:1 2:51 3:50');
  });

  test('options of a script that stop it hold, and do not hit the tracer', async () => {
    const strict = 'set -euo pipefail\nx=1\ng() { return 1; }\ng || echo "kept $?"\nfalse\necho never\n';
    const { stdout, outcome } = await bash.run({ 'main.sh': strict }, { backend, level: 'lines' });
    expect([stdout, outcome.ending]).toEqual(['kept 1\n', { kind: 'exited', code: 1 }]);
  });
});
