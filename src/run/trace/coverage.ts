/**
 * Which lines and branches ran, of one or several traces, and the files that other tools read of it.
 *
 * A line counts that can run, by what its language's tracer says; a branch is a line that decides, with a line where it may go on. Lines tell how often
 * only at levels above `coverage`.
 */
import type { StaticLines } from './static.ts';
import type { Trace } from './types.ts';

export interface CoveredBranch {
  readonly line: number;
  /** Where it goes on; 0: the end of the function. */
  readonly to: number;
  readonly count: number;
}

export interface CoveredFile {
  readonly path: string;
  /** Line → how often; 0: it can run and did not. Rising. */
  readonly lines: ReadonlyMap<number, number>;
  /** Of lines that ran; what a line that never ran might have decided is not counted. */
  readonly branches: readonly CoveredBranch[];
}

/** @param statics what is known of each file by its path; files without it have no branches */
export function coverageOf(
  traces: readonly Trace[],
  statics: ReadonlyMap<string, Pick<StaticLines, 'branches'>>,
): CoveredFile[] {
  const files = new Map<string, { lines: Map<number, number>; ways: Map<string, number> }>();
  for (const { counts } of traces)
    for (const { file, lines, ways } of counts) {
      const into = files.get(file) ?? { lines: new Map<number, number>(), ways: new Map<string, number>() };
      files.set(file, into);
      for (const [line, count] of lines) into.lines.set(line, (into.lines.get(line) ?? 0) + count);
      for (const { from, to, count } of ways) {
        const way = `${from} ${Math.max(to, 0)}`;
        into.ways.set(way, (into.ways.get(way) ?? 0) + count);
      }
    }
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { lines, ways }]) => ({
      path,
      lines: new Map([...lines].sort(([a], [b]) => a - b)),
      branches: (statics.get(path)?.branches ?? []).flatMap(({ line, targets }) =>
        (lines.get(line) ?? 0) > 0 ? targets.map((to) => ({ line, to, count: ways.get(`${line} ${to}`) ?? 0 })) : [],
      ),
    }));
}

export interface CoverageShare {
  readonly lines: number;
  readonly linesRun: number;
  readonly branches: number;
  readonly branchesRun: number;
}

export function shareOf({ lines, branches }: CoveredFile): CoverageShare {
  return {
    lines: lines.size,
    linesRun: [...lines.values()].filter((count) => count > 0).length,
    branches: branches.length,
    branchesRun: branches.filter(({ count }) => count > 0).length,
  };
}

/** LCOV's tracefile (`man geninfo`, FILES). */
export function lcovText(files: readonly CoveredFile[]): string {
  return files
    .map((file) => {
      const { lines, linesRun, branches, branchesRun } = shareOf(file);
      return [
        'TN:',
        `SF:${file.path}`,
        ...file.branches.map(({ line, to, count }) => `BRDA:${line},0,${to},${count}`),
        `BRF:${branches}`,
        `BRH:${branchesRun}`,
        ...[...file.lines].map(([line, count]) => `DA:${line},${count}`),
        `LF:${lines}`,
        `LH:${linesRun}`,
        'end_of_record\n',
      ].join('\n');
    })
    .join('');
}

/** Cobertura's XML (coverage-04.dtd). @param timestampMs when it was made, ms since 1970 */
export function coberturaText(files: readonly CoveredFile[], timestampMs: number): string {
  const all = files.map(shareOf).reduce(
    (sum, one) => ({
      lines: sum.lines + one.lines,
      linesRun: sum.linesRun + one.linesRun,
      branches: sum.branches + one.branches,
      branchesRun: sum.branchesRun + one.branchesRun,
    }),
    { lines: 0, linesRun: 0, branches: 0, branchesRun: 0 },
  );
  const classes = files.map((file) => {
    const share = shareOf(file);
    const byLine = Map.groupBy(file.branches, ({ line }) => line);
    const lines = [...file.lines].map(([number, hits]) => {
      const decided = byLine.get(number);
      if (decided === undefined) return `            <line number="${number}" hits="${hits}"/>`;
      const run = decided.filter(({ count }) => count > 0).length;
      const condition = `${Math.round((100 * run) / decided.length)}% (${run}/${decided.length})`;
      return `            <line number="${number}" hits="${hits}" branch="true" condition-coverage="${condition}"/>`;
    });
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    return `        <class name="${xml(name)}" filename="${xml(file.path)}" ${rates(share)} complexity="0">
          <methods/>
          <lines>
${lines.join('\n')}
          </lines>
        </class>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage ${rates(all)} lines-covered="${all.linesRun}" lines-valid="${all.lines}" branches-covered="${all.branchesRun}" branches-valid="${all.branches}" complexity="0" version="winnow" timestamp="${timestampMs}">
  <sources><source>.</source></sources>
  <packages>
    <package name="." ${rates(all)} complexity="0">
      <classes>
${classes.join('\n')}
      </classes>
    </package>
  </packages>
</coverage>
`;
}

const rate = (part: number, whole: number): string => (whole === 0 ? '1' : (part / whole).toFixed(4));

const rates = ({ lines, linesRun, branches, branchesRun }: CoverageShare): string =>
  `line-rate="${rate(linesRun, lines)}" branch-rate="${rate(branchesRun, branches)}"`;

const xml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
