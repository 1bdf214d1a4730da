/** Perl's tracer on programs whose traces are known, on both backends. */
import { describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import type { BackendName } from '../../types.ts';
import { countsOf, endsOf, eventsOf, linesOf, openTestTracing } from '../tracing.testing.ts';

const perl = await openTestTracing('perl', loadGrammarFile);

const known = `use strict;
use warnings;
use lib '.';
use Stack;
sub fact {
  my $n = shift;
  return 1 if $n <= 1;
  return $n * fact($n - 1);
}
sub risky {
  my $x = shift;
  die "bad $x\\n" if $x > 1;
  return $x;
}
sub never {
  return 2;
}
sub way { return wantarray ? 'list' : defined wantarray ? 'scalar' : 'none' }
my $s = Stack->new;
for my $x (3, 4) {
  $s->push_one($x * 2);
}
my $total = fact(3);
my $ok = eval { risky(2); 1 };
print "$total $s->{items}[1] $@";
my ($list) = way();
my $scalar = way();
print "$list $scalar @{[caller]} $0 @ARGV\\n";
END { print "end $?\\n" }
exit 3;
`;
const stack = `package Stack;
sub new { return bless { items => [] }, shift }
sub push_one {
  my ($self, $x) = @_;
  push @{ $self->{items} }, $x;
}
1;
`;

for (const backend of ['native', 'embedded'] satisfies BackendName[]) {
  const missing = perl.missing(backend);
  describe.skipIf(missing !== '')(`Perl, ${backend}${missing}`, () => {
    test('lines, calls, exceptions, other files, and a program that runs as it does alone', async () => {
      const given = { 'main.pl': known, 'Stack.pm': stack };
      const { trace, stdout, stderr, outcome } = await perl.run(given, {
        backend,
        level: 'lines',
        job: { args: ['a'] },
      });
      expect(stdout).toMatch(/^6 8 bad 2\nlist scalar {2}(\.\/)?main\.pl a\nend 3\n$/);
      expect([stderr, outcome.ending]).toEqual(['', { kind: 'exited', code: 3 }]);
      expect(trace.gaps).toEqual({ skippedLines: 0, uncountedLines: 0, droppedEvents: 0, cut: false, unreadable: 0 });
      expect(linesOf(trace, 'fact')).toEqual([6, 7, 8, 6, 7, 8, 6, 7]);
      expect(linesOf(trace, 'Stack.push_one')).toEqual([4, 5, 5, 4, 5, 5]);
      expect(endsOf(trace).filter((end) => /fact|risky/.test(end))).toEqual([
        'fact() → null',
        'fact() → null',
        'fact() → null',
        'risky() unwound',
      ]);
      expect(eventsOf(trace, 'raise').map(({ line }) => line)).toEqual([12]);
      const counts = countsOf(trace, 'main.pl');
      for (const count of ['6:3', '8:2', '13:0', '16:0', '21:2', '23:1']) expect(counts.split(' ')).toContain(count);
    });

    test('what is left out is announced, and counts are whole', async () => {
      const loop = 'my $i = 0;\nwhile ($i < 5000) {\n  $i++;\n}\nprint "$i\\n";\n';
      const limits = { firstHits: 5, lastHits: 3 };
      const { trace } = await perl.run({ 'main.pl': loop }, { backend, level: 'lines', limits });
      expect(countsOf(trace, 'main.pl')).toContain('3:5000');
      expect(linesOf(trace).filter((line) => line === 3)).toHaveLength(8);
      expect(trace.gaps.skippedLines).toBeGreaterThanOrEqual(4992);
      const counts = await perl.run({ 'main.pl': loop }, { backend, level: 'counts' });
      expect(counts.trace.events).toEqual([]);
      expect(countsOf(counts.trace, 'main.pl')).toContain('3:5000');
    });

    test('what the program finds in its own variables is its own', async () => {
      const own = `$, = '-'; $\\ = "!\n"; $" = '+';
sub match { return "$1 $_ " . ($! + 0) }
sub none { my @a = (1, 2); return "@a" }
"abc" =~ /(b)/;
$_ = 'mine';
$! = 2;
my $text = match();
eval { die { code => 7 } };
print $text, none(), $@->{code}, scalar(@_);
`;
      const { stdout, outcome } = await perl.run({ 'main.pl': own }, { backend, level: 'lines' });
      expect(stdout).toBe('b mine 2-1+2-7-0!\n');
      expect(outcome.ending).toEqual({ kind: 'exited', code: 0 });
    });

    test('values are refused', async () => {
      await expect(perl.run({ 'main.pl': '' }, { backend })).rejects.toMatchObject({ code: 'unsupported-job' });
    });
  });
}
