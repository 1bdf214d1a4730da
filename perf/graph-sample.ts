/**
 * A random sample of a graph's call sites, to be checked by reading the source: resolved edges with what they lead to, ambiguous ones with
 * their candidates, sites of whose target nothing is known, and sites that are said to lead out of the repository.
 *
 * ```
 * node perf/graph-sample.ts DIR --language NAME [--resolved N] [--ambiguous N] [--unknown N] [--external N] [--seed N] [--home DIR]
 * ```
 *
 * Sites count, not edges: of a site that makes an object both edges are shown, to the class and to its constructor. Equal trees,
 * versions and seeds give equal samples. The index is kept in `--home`, by default the user's. Exit codes: 0 drawn, 2 bad use.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Span, seededRandom } from '../src/base/mod.ts';
import { type Graph, openGraph, openRepository } from '../src/index/mod.ts';

const usage =
  'usage: node perf/graph-sample.ts DIR --language NAME [--resolved N] [--ambiguous N] [--unknown N] [--external N] [--seed N] [--home DIR]';

interface Site {
  readonly path: string;
  readonly from: number;
  readonly span: Span;
  readonly targets: readonly number[];
}

const texts = new Map<string, Buffer>();

function bytesOf(root: string, path: string): Buffer {
  let known = texts.get(path);
  if (known === undefined) {
    known = readFileSync(join(root, path));
    texts.set(path, known);
  }
  return known;
}

/** Sites of calls that lead somewhere, in the order of the graph, with their targets or candidates. */
function sitesOf(graph: Graph, files: ReadonlySet<string>, state: 'resolved' | 'ambiguous'): Site[] {
  const sites = new Map<string, Site>();
  for (let from = 0; from < graph.nodeCount; from++) {
    const { path } = graph.node(from);
    if (!files.has(path)) continue;
    for (const { site, to } of graph.out(from, { kinds: ['calls'], states: [state] })) {
      if (site === null) continue;
      const key = `${path} ${site.start}`;
      const known = sites.get(key);
      sites.set(key, { path, from, span: site, targets: [...(known?.targets ?? []), to] });
    }
  }
  return [...sites.values()];
}

/** Sites without a target, by the names that stand in the files. */
function openSites(graph: Graph, files: ReadonlySet<string>, root: string, why: 'unknown' | 'external'): Site[] {
  const names = new Set<string>();
  for (const path of files) {
    for (const [word] of bytesOf(root, path)
      .toString()
      .matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) {
      names.add(word);
    }
  }
  return [...names].sort().flatMap((name) =>
    graph.unresolvedSites(name).flatMap(({ reason, from, site }): Site[] => {
      const { path } = graph.node(from);
      return reason === why && files.has(path) ? [{ path, from, span: site, targets: [] }] : [];
    }),
  );
}

const lineAt = (bytes: Buffer, offset: number): number => bytes.subarray(0, offset).toString().split('\n').length;

function shown(graph: Graph, root: string, { path, from, span, targets }: Site, number: number): string {
  const bytes = bytesOf(root, path);
  const start = bytes.lastIndexOf(10, span.start - 1) + 1;
  const end = bytes.indexOf(10, span.end);
  const before = bytes.subarray(start, span.start).toString();
  const line = bytes.subarray(start, end < 0 ? bytes.length : end).toString();
  const mark = `${before.replaceAll(/\S/g, ' ')}^`;
  const leads = targets.map((to) => {
    const { path: at, qualifiedName, span: of, kind } = graph.node(to);
    const first = bytesOf(root, at).subarray(of.start, of.end).toString();
    const head = first.slice(0, 160).replaceAll(/\s+/g, ' ');
    return `  → ${at}:${lineAt(bytesOf(root, at), of.start)} ${kind} ${qualifiedName}: ${head}`;
  });
  const caller = graph.node(from).qualifiedName;
  return [`${number}. ${path}:${lineAt(bytes, span.start)} in ${caller}`, line, mark, ...leads].join('\n');
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      language: { type: 'string' },
      resolved: { type: 'string', default: '50' },
      ambiguous: { type: 'string', default: '0' },
      unknown: { type: 'string', default: '30' },
      external: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      home: { type: 'string' },
    },
  });
  const [root] = positionals;
  const counts = {
    resolved: Number(values.resolved),
    ambiguous: Number(values.ambiguous),
    unknown: Number(values.unknown),
    external: Number(values.external),
  };
  const seed = Number(values.seed);
  const numbers = [...Object.values(counts), seed];
  if (root === undefined || values.language === undefined || !numbers.every(Number.isSafeInteger)) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const repository = openRepository(root, values.home === undefined ? {} : { home: values.home });
  try {
    const graph = await openGraph(repository);
    const files = new Set(graph.files.filter(({ language }) => language === values.language).map(({ path }) => path));
    const random = seededRandom(seed);
    const drawn = (sites: readonly Site[], count: number): readonly Site[] => random.shuffle(sites).slice(0, count);
    for (const [title, count] of Object.entries(counts) as [keyof typeof counts, number][]) {
      if (count === 0) continue;
      const sites =
        title === 'resolved' || title === 'ambiguous'
          ? sitesOf(graph, files, title)
          : openSites(graph, files, repository.root, title);
      console.log(`# ${Math.min(count, sites.length)} of ${sites.length} ${title} sites\n`);
      drawn(sites, count).forEach((site, at) => {
        console.log(`${shown(graph, repository.root, site, at + 1)}\n`);
      });
    }
  } finally {
    repository.close();
  }
}

await main();
