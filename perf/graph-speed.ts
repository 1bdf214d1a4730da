/**
 * What a graph costs on a tree: reading links, resolving them, opening what was kept, following one changed file, asking
 * a hub; and how call sites came out.
 *
 * ```
 * node perf/graph-speed.ts DIR [--edits N] [--workers N] [--json]
 * node perf/graph-speed.ts --made FILES [--edits N]
 * ```
 *
 * The tree is copied (without `.git`) to a temporary directory, so that files can be changed, and indexed for searching
 * first: what is measured comes on top of that. `--made` writes so many small Python modules instead, which import and
 * call each other, one of them by all. An edit adds a comment to a file drawn at random; every other one also adds a function.
 *
 * Processor time is given beside wall time, since machines are shared. Exit codes: 0 measured, 2 bad use.
 */
import {
  appendFileSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/base/mod.ts';
import { quantile } from '../src/bench/interval.ts';
import { type Graph, openGraph, openRepository } from '../src/index/mod.ts';
import { megabytes, milliseconds, table } from './markdown.ts';
import { measure } from './measure.ts';

const usage = 'usage: node perf/graph-speed.ts DIR | --made FILES [--edits N] [--workers N] [--json]';

interface Lap {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function lap<T>(work: () => Promise<T>): Promise<Lap & { readonly result: T }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - started, cpuMs: (user + system) / 1000, result };
}

/** Modules in directories of a hundred, each with three functions and a class. */
function makeTree(root: string, files: number): void {
  const random = seededRandom(1);
  const name = (file: number): string => `pkg.d${Math.floor(file / 100)}.m${file}`;
  mkdirSync(join(root, 'pkg'), { recursive: true });
  writeFileSync(join(root, 'pkg/__init__.py'), '');
  writeFileSync(join(root, 'pkg/hub.py'), 'def hub(value):\n    return value\n');
  for (let file = 0; file < files; file++) {
    const directory = join(root, 'pkg', `d${Math.floor(file / 100)}`);
    mkdirSync(directory, { recursive: true });
    if (file % 100 === 0) writeFileSync(join(directory, '__init__.py'), '');
    const other = random.int(files);
    const functions = Array.from(
      { length: 3 },
      (_, at) =>
        `def f${file}_${at}(value):\n    item = Made${other}(value)\n    item.keep()\n    return hub(f${other}_${at}(value))\n`,
    );
    const text = `from pkg.hub import hub\nfrom ${name(other)} import Made${other}, f${other}_0, f${other}_1, f${other}_2\n\n\n`;
    const kept = `class Made${file}:\n    def __init__(self, value):\n        self.value = value\n\n    def keep(self):\n        return hub(self.value)\n`;
    writeFileSync(join(directory, `m${file}.py`), `${text}${functions.join('\n\n')}\n\n${kept}`);
  }
}

/** The node that is called most, and what a page of its callers costs when it is the last and asked for again. */
function askHub(graph: Graph) {
  const kinds = ['calls'] as const;
  let [hub, callers] = [0, 0];
  for (let node = 0; node < graph.nodeCount; node++) {
    const count = graph.countIn(node, { kinds });
    if (count > callers) [hub, callers] = [node, count];
  }
  const values: number[] = [];
  let edges = 0;
  for (let run = 0; run < 50; run++) {
    const started = performance.now();
    edges += graph.in(hub, { kinds, offset: Math.max(0, callers - 50), limit: 50 }).length;
    values.push(performance.now() - started);
  }
  return { name: graph.node(hub).qualifiedName, callers, edges, ...spread(values) };
}

const spread = (values: readonly number[]): { p50Ms: number; p95Ms: number } => {
  const sorted = Float64Array.from(values).sort();
  return { p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95) };
};

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      made: { type: 'string' },
      edits: { type: 'string', default: '20' },
      workers: { type: 'string' },
      json: { type: 'boolean', default: false },
      open: { type: 'string' },
    },
  });
  if (values.open !== undefined) return await openOnly(positionals[0] ?? '', values.open);
  const made = values.made === undefined ? 0 : Number(values.made);
  const [dir] = positionals;
  if (dir === undefined ? !(made > 0) : !statSync(dir, { throwIfNoEntry: false })?.isDirectory()) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'winnow-graph-'));
  try {
    const [root, home] = [join(scratch, 'tree'), join(scratch, 'home')];
    if (dir === undefined) makeTree(root, made);
    else {
      const filter = (from: string): boolean => basename(from) !== '.git';
      cpSync(dir, root, { recursive: true, mode: constants.COPYFILE_FICLONE, filter, verbatimSymlinks: true });
    }
    const report = await measureTree(root, home, {
      edits: Number(values.edits),
      workers: values.workers === undefined ? {} : { workers: Number(values.workers) },
    });
    const shown = values.json ? JSON.stringify(report, null, 2) : asTables(report);
    process.stdout.write(`${shown}\n`);
    return 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** In a process of its own: what a command line pays for a graph that was kept. */
async function openOnly(root: string, home: string): Promise<number> {
  const repository = openRepository(root, { home });
  await repository.refresh();
  const { wallMs, cpuMs, result } = await lap(() => openGraph(repository, { refresh: false }));
  process.stderr.write(JSON.stringify({ wallMs, cpuMs, nodes: result.nodeCount }));
  return 0;
}

async function measureTree(root: string, home: string, how: { edits: number; workers: { workers?: number } }) {
  const self = fileURLToPath(import.meta.url);
  const repository = openRepository(root, { home });
  const searchOnly = await lap(() => repository.refresh(how.workers));
  repository.close();
  // A process of its own, so that its peak of memory is the graph's.
  const cold = await measure({ argv: [process.execPath, self, root, '--open', home], cwd: root });
  const built = JSON.parse(cold.stderr.slice(cold.stderr.lastIndexOf('{'))) as Lap;
  const opened: Lap[] = [];
  for (let times = 0; times < 5; times++) {
    const cost = await measure({ argv: [process.execPath, self, root, '--open', home], cwd: root });
    opened.push(JSON.parse(cost.stderr.slice(cost.stderr.lastIndexOf('{'))) as Lap);
  }
  const again = openRepository(root, { home });
  let graph = await openGraph(again);
  const storeBytes = readdirSync(join(again.storeDir, 'data')).map((name) => ({
    name,
    bytes: statSync(join(again.storeDir, 'data', name)).size,
  }));
  // Without its files the graph is built from links that are there: what resolving alone costs.
  for (const { name } of storeBytes) if (name.includes('.graph')) rmSync(join(again.storeDir, 'data', name));
  const other = openRepository(root, { home });
  const resolved = await lap(() => openGraph(other));
  other.close();
  const hub = askHub(graph);

  const random = seededRandom(1);
  const candidates = graph.statistics().filter(({ callSites }) => callSites > 0);
  const languages = new Set(candidates.map(({ language }) => language));
  const files = graph.files.filter(({ language }) => languages.has(language));
  const edits: { wallMs: number; cpuMs: number }[] = [];
  for (let edit = 0; edit < how.edits && files.length > 0; edit++) {
    const { path, language } = files[random.int(files.length)] as { path: string; language: string };
    const mark = language === 'python' ? '#' : '//';
    const more = edit % 2 === 1 && language === 'python' ? `\n\ndef added_${edit}():\n    return ${edit}\n` : '';
    appendFileSync(join(root, path), `\n${mark} ${edit}\n${more}`);
    await again.refresh();
    const followed = await lap(() => openGraph(again, { refresh: false }));
    graph = followed.result;
    edits.push({ wallMs: followed.wallMs, cpuMs: followed.cpuMs });
  }
  again.close();
  const lines = graph.files.reduce((sum, file) => sum + file.lines, 0);
  return {
    files: graph.files.length,
    lines,
    nodes: graph.nodeCount,
    edges: graph.edgeCount,
    searchIndex: { wallMs: searchOnly.wallMs, cpuMs: searchOnly.cpuMs },
    firstGraph: { ...built, peakBytes: cold.peakBytes },
    resolving: { wallMs: resolved.wallMs, cpuMs: resolved.cpuMs },
    edgesPerSecond: Math.round((graph.edgeCount / resolved.cpuMs) * 1000),
    opening: { wall: spread(opened.map(({ wallMs }) => wallMs)), cpu: spread(opened.map(({ cpuMs }) => cpuMs)) },
    oneFileChanged: { wall: spread(edits.map(({ wallMs }) => wallMs)), cpu: spread(edits.map(({ cpuMs }) => cpuMs)) },
    hub,
    kept: storeBytes.filter(({ name }) => name.includes('.graph') || name === 'store.sqlite'),
    calls: graph.statistics().filter(({ callSites }) => callSites > 0),
    loadAverage: readFileSync('/proc/loadavg', 'utf8').trim(),
  };
}

function asTables(report: Awaited<ReturnType<typeof measureTree>>): string {
  const both = ({ wallMs, cpuMs }: Lap): string => `${milliseconds(wallMs)} (processor ${milliseconds(cpuMs)})`;
  const halves = ({ wall, cpu }: { wall: ReturnType<typeof spread>; cpu: ReturnType<typeof spread> }): string =>
    `${milliseconds(wall.p50Ms)} / ${milliseconds(wall.p95Ms)} (processor ${milliseconds(cpu.p50Ms)} / ${milliseconds(cpu.p95Ms)})`;
  const share = (part: number, whole: number): string => `${((100 * part) / Math.max(1, whole)).toFixed(1)}%`;
  return [
    table([
      ['what', 'figure'],
      ['files, lines', `${report.files}, ${report.lines}`],
      ['nodes, edges', `${report.nodes}, ${report.edges}`],
      ['index for searching, before', both(report.searchIndex)],
      [
        'first graph',
        `${both(report.firstGraph)}, peak ${report.firstGraph.peakBytes === null ? '?' : megabytes(report.firstGraph.peakBytes)}`,
      ],
      ['resolving alone', `${both(report.resolving)}, ${report.edgesPerSecond} edges/s of processor time`],
      ['opening what was kept, p50 / p95', halves(report.opening)],
      ['one file changed, beyond the search, p50 / p95', halves(report.oneFileChanged)],
      [
        `last page of ${report.hub.callers} callers of ${report.hub.name}`,
        `${milliseconds(report.hub.p50Ms)} / ${milliseconds(report.hub.p95Ms)}`,
      ],
      [
        'kept',
        report.kept.map(({ name, bytes }) => `${name.replace(/^[0-9a-f]{16}/, '')} ${megabytes(bytes)}`).join(', '),
      ],
      ['load of the machine', report.loadAverage],
    ]),
    '',
    table([
      ['language', 'files', 'call sites', 'resolved', 'ambiguous', 'external', 'unknown'],
      ...report.calls.map((row) => [
        row.language,
        String(row.files),
        String(row.callSites),
        ...(['resolved', 'ambiguous', 'external', 'unknown'] as const).map((key) => share(row[key], row.callSites)),
      ]),
    ]),
  ].join('\n');
}

process.exitCode = await run(process.argv.slice(2));
