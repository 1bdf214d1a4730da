/**
 * How well `similar` finds the same program: near (one with a bug planted in it), and in other languages; on HumanEvalPack.
 *
 * node perf/similar-pairs.ts DATA [--half dev|test] [--names kept|taken] [--meaning auto|off] [--rows FILE]
 *
 * DATA has one file of JSON lines for each language (python.jsonl, js.jsonl, java.jsonl, go.jsonl, cpp.jsonl, rust.jsonl) with `task_id`, `declaration`,
 * `canonical_solution`, `buggy_solution` and `entry_point`. All canonical programs lie in one repository, a file each; queries are those of half of the
 * tasks: `dev` those whose number is a multiple of four, `test` the others. `--names taken`: each program's own name is replaced by `solve`, since it is the same in all
 * languages and would give the answer away. Beside it BM25 over sub-tokens (`bench/baseline.ts`), over the same texts in the same run.
 *
 *   near   the program with a bug asks among all programs of its language: the one without it is right
 *   other  a program asks among those of the five other languages: its five translations are right
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Baseline } from '../src/bench/baseline.ts';
import { estimate, pairedDifference } from '../src/bench/interval.ts';
import { shippedTable } from '../src/embed/mod.ts';
import { type FileRecord, openRepository, type Snapshot } from '../src/index/mod.ts';
import {
  askCode,
  findSimilar,
  likenessGroups,
  type Meaning,
  openMeaning,
  type SimilarAnswer,
} from '../src/search/mod.ts';

const extensions: Readonly<Record<string, string>> = {
  python: 'py',
  js: 'js',
  java: 'java',
  go: 'go',
  cpp: 'cpp',
  rust: 'rs',
};

interface Program {
  readonly path: string;
  readonly language: string;
  readonly task: number;
  readonly text: string;
  readonly buggy: string;
}

interface Row {
  readonly task: 'near' | 'other';
  readonly query: string;
  readonly mrr: number;
  readonly first: number;
  readonly rPrecision: number;
  readonly bm25: { readonly mrr: number; readonly first: number; readonly rPrecision: number };
  readonly group: string;
  readonly hits: readonly { readonly right: boolean; readonly group: string; readonly why: unknown }[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    half: { type: 'string', default: 'dev' },
    names: { type: 'string', default: 'kept' },
    meaning: { type: 'string', default: 'auto' },
    rows: { type: 'string' },
  },
});
const [data] = positionals;
if (data === undefined)
  throw new Error('usage: node perf/similar-pairs.ts DATA [--half dev|test] [--names kept|taken]');

function programsIn(folder: string): Program[] {
  return Object.entries(extensions).flatMap(([language, extension]) =>
    readFileSync(join(folder, `${language}.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const row = JSON.parse(line) as Record<string, string>;
        const task = Number(row.task_id?.split('/').at(-1));
        const named = (text: string): string =>
          values.names === 'taken' ? text.replaceAll(new RegExp(`\\b${row.entry_point}\\b`, 'g'), 'solve') : text;
        return {
          path: `${language}/p${task}.${extension}`,
          language,
          task,
          text: named(`${row.declaration}${row.canonical_solution}`),
          buggy: named(`${row.declaration}${row.buggy_solution}`),
        };
      }),
  );
}

const measured = (ranking: readonly string[], right: ReadonlySet<string>) => {
  const at = ranking.findIndex((path) => right.has(path));
  return {
    mrr: at < 0 ? 0 : 1 / (at + 1),
    first: at === 0 ? 1 : 0,
    rPrecision: ranking.slice(0, right.size).filter((path) => right.has(path)).length / right.size,
  };
};

async function ask(
  snapshot: Snapshot,
  meaning: Meaning | null,
  program: Program,
  text: string,
  admits: (file: FileRecord) => boolean,
): Promise<SimilarAnswer> {
  const bytes = new TextEncoder().encode(text);
  const asked = await askCode({
    path: program.path,
    bytes,
    span: { start: 0, end: bytes.length },
    document: null,
    lines: null,
    self: null,
  });
  return findSimilar(snapshot, asked, {
    limit: 200,
    groups: likenessGroups,
    admits,
    openMeaning: meaning === null ? null : async () => meaning,
  });
}

const folder = mkdtempSync(join(tmpdir(), 'winnow-similar-'));
try {
  const programs = programsIn(data);
  for (const { path, text } of programs) {
    mkdirSync(join(folder, 'tree', path, '..'), { recursive: true });
    writeFileSync(join(folder, 'tree', path), text);
  }
  const repository = openRepository(join(folder, 'tree'), { home: join(folder, 'home') });
  await repository.refresh();
  const snapshot = repository.snapshot();
  const meaning = values.meaning === 'off' ? null : await openMeaning(snapshot, await shippedTable('usual'));
  const asking = programs.filter(({ task }) => (task % 4 === 0) === (values.half === 'dev'));
  const rows: Row[] = [];
  const started = process.cpuUsage();
  for (const task of ['near', 'other'] as const)
    for (const program of asking) {
      const isWanted = (language: string): boolean => (language === program.language) === (task === 'near');
      const text = task === 'near' ? program.buggy : program.text;
      const answer = await ask(snapshot, meaning, program, text, ({ path }) => isWanted(path.split('/')[0] ?? ''));
      const right = new Set(
        programs.filter((other) => other.task === program.task && isWanted(other.language)).map(({ path }) => path),
      );
      const ranking = [...new Set(answer.hits.map(({ path }) => path))];
      const baseline = new Baseline('subtokens');
      for (const other of programs) if (isWanted(other.language)) baseline.add(other.path, other.text);
      const lexical = baseline.search(text, 200);
      rows.push({
        task,
        query: program.path,
        ...measured(ranking, right),
        bm25: measured(lexical, right),
        group: answer.hits.find(({ path }) => right.has(path))?.group ?? 'not found',
        hits: answer.hits.map(({ path, group, why }) => ({ right: right.has(path), group, why })),
      });
    }
  const cpu = process.cpuUsage(started);
  if (values.rows !== undefined) writeFileSync(values.rows, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  console.log(
    `half ${values.half}, names ${values.names}, meaning ${values.meaning}; ${((cpu.user + cpu.system) / 1000 / rows.length).toFixed(0)} ms of processor time a query`,
  );
  const told = ({ value, low, high }: { value: number; low: number; high: number }): string =>
    `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
  for (const task of ['near', 'other'] as const) {
    const of = rows.filter((row) => row.task === task);
    for (const measure of ['mrr', 'first', 'rPrecision'] as const) {
      const [ours, theirs] = [of.map((row) => row[measure]), of.map((row) => row.bm25[measure])];
      console.log(
        `${task} ${measure}: similar ${told(estimate(ours))}, BM25 ${told(estimate(theirs))}, difference ${told(pairedDifference(theirs, ours))}, n ${of.length}`,
      );
    }
    const groups = Map.groupBy(of, ({ group }) => group);
    console.log(
      `${task} groups of the first right: ${[...groups].map(([group, list]) => `${group} ${list.length}`).join(', ')}`,
    );
    const wrong = of.flatMap(({ hits }) => hits.filter((hit) => !hit.right && hit.group !== 'related'));
    console.log(`${task} wrong copies (exact, renamed, near): ${wrong.length}`);
  }
  snapshot.close();
  repository.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
