/**
 * How well `similar` finds other programs for the same problem: a folder of programs for each problem, as POJ-104 has them.
 *
 * node perf/similar-problems.ts FOLDER [--problems FROM-TO] [--programs N] [--queries N] [--meaning auto|off]
 *
 * Of each problem the first N programs by name are taken, and of these the first few ask among all others. MAP@R is that of CodeXGLUE's
 * clone detection on POJ-104: R is the number of right programs, and precision is averaged over the right ones among the first R. Beside it BM25 over sub-tokens
 * (`bench/baseline.ts`) over the same texts in the same run. What `similar` does not give counts as not found.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Baseline } from '../src/bench/baseline.ts';
import { estimate, pairedDifference } from '../src/bench/interval.ts';
import { shippedTable } from '../src/embed/mod.ts';
import { openRepository } from '../src/index/mod.ts';
import { askCode, findSimilar, likenessGroups, openMeaning } from '../src/search/mod.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    problems: { type: 'string', default: '81-104' },
    programs: { type: 'string', default: '30' },
    queries: { type: 'string', default: '10' },
    meaning: { type: 'string', default: 'auto' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('usage: node perf/similar-problems.ts FOLDER [--problems FROM-TO]');
const [from, to] = values.problems.split('-').map(Number) as [number, number];

function averagePrecision(ranking: readonly string[], right: ReadonlySet<string>): number {
  let [found, sum] = [0, 0];
  for (const [at, path] of ranking.slice(0, right.size).entries()) if (right.has(path)) sum += ++found / (at + 1);
  return sum / right.size;
}

const work = mkdtempSync(join(tmpdir(), 'winnow-similar-'));
try {
  const programs: { path: string; problem: number; text: string; asks: boolean }[] = [];
  for (let problem = from; problem <= to; problem++) {
    const names = readdirSync(join(folder, `${problem}`))
      .sort()
      .slice(0, Number(values.programs));
    mkdirSync(join(work, 'tree', `${problem}`), { recursive: true });
    for (const [i, name] of names.entries()) {
      cpSync(join(folder, `${problem}`, name), join(work, 'tree', `${problem}`, name));
      const text = readFileSync(join(folder, `${problem}`, name), 'utf8');
      programs.push({ path: `${problem}/${name}`, problem, text, asks: i < Number(values.queries) });
    }
  }
  const repository = openRepository(join(work, 'tree'), { home: join(work, 'home') });
  await repository.refresh();
  const snapshot = repository.snapshot();
  const meaning = values.meaning === 'off' ? null : await openMeaning(snapshot, await shippedTable('usual'));
  const baseline = new Baseline('subtokens');
  for (const { path, text } of programs) baseline.add(path, text);
  const rows: { ours: number; theirs: number; first: number; theirFirst: number }[] = [];
  const started = process.cpuUsage();
  for (const { path, problem, text } of programs.filter(({ asks }) => asks)) {
    const right = new Set(
      programs.filter((one) => one.problem === problem && one.path !== path).map((one) => one.path),
    );
    const bytes = new TextEncoder().encode(text);
    const span = { start: 0, end: bytes.length };
    const asked = await askCode({ path, bytes, span, document: null, lines: null, self: { path, span } });
    const options = {
      limit: 500,
      groups: likenessGroups,
      admits: null,
      openMeaning: meaning === null ? null : async () => meaning,
    };
    const { hits } = await findSimilar(snapshot, asked, options);
    const ranking = [...new Set(hits.map((hit) => hit.path))];
    const lexical = baseline.search(text, 500).filter((one) => one !== path);
    rows.push({
      ours: averagePrecision(ranking, right),
      theirs: averagePrecision(lexical, right),
      first: right.has(ranking[0] ?? '') ? 1 : 0,
      theirFirst: right.has(lexical[0] ?? '') ? 1 : 0,
    });
  }
  const cpu = process.cpuUsage(started);
  const told = ({ value, low, high }: { value: number; low: number; high: number }): string =>
    `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
  const column = (key: keyof (typeof rows)[number]): number[] => rows.map((row) => row[key]);
  console.log(
    `${programs.length} programs of problems ${values.problems}, ${rows.length} queries, meaning ${values.meaning}; ${((cpu.user + cpu.system) / 1000 / rows.length).toFixed(0)} ms of processor time a query, baseline included`,
  );
  console.log(
    `MAP@R: similar ${told(estimate(column('ours')))}, BM25 ${told(estimate(column('theirs')))}, difference ${told(pairedDifference(column('theirs'), column('ours')))}`,
  );
  console.log(`first right: similar ${told(estimate(column('first')))}, BM25 ${told(estimate(column('theirFirst')))}`);
  snapshot.close();
  repository.close();
} finally {
  rmSync(work, { recursive: true, force: true });
}
