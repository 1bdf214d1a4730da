/**
 * Call edges of a graph against a recorded run.
 *
 * ```
 * node perf/call-edges.ts --repo DIR --calls FILE… [--peer NAME=FILE…] [--sample N] [--seed N] [--json]
 * ```
 *
 * Recall: of the (caller, callee) pairs that a run took, how many the graph has. Calls written in the text are told apart from what the
 * language or a library called, which no call site stands for. Precision: of the resolved edges whose call site ran, how many
 * lead to what it entered. Sites that did not run are not judged. A site that ran with one receiver only may have others: so
 * precision is a lower bound. Intervals are Wilson's, 95% (Wilson 1927); pairs of one project are not independent, so they are too narrow.
 *
 * `--peer` measures what another tool said of the same project against the same run: rows of winnow.calls/1 (`call-peers.py`), or a call
 * graph of Jelly when the file ends in `.json`. Beside recall there is a precision that needs no call sites: of the pairs whose caller called anything in
 * the run, how many came up in it; what did not run counts as wrong, for all tools alike, so only their order means something.
 *
 * Exit codes: 0 measured, 2 bad use, 3 something failed.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/base/mod.ts';
import { openGraph, openRepository } from '../src/index/mod.ts';
import { readCallRows } from '../src/run/mod.ts';
import { causeOf, nameAt } from './call-causes.ts';
import { type Declared, declaredOf } from './call-declared.ts';
import { type CallGraph, graphOfJelly, graphOfRows, graphOfWinnow } from './call-graphs.ts';
import { type CallPair, Places, siteKey, type Truth, truthOf } from './call-truth.ts';
import { table } from './markdown.ts';

const usage =
  'usage: node perf/call-edges.ts --repo DIR --calls FILE… [--peer NAME=FILE…] [--sample N] [--seed N] [--json]';

export interface Share {
  readonly right: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

/** Wilson's score interval at 95%: z = 1.96. */
export function share(right: number, of: number): Share {
  if (of === 0) return { right, of, low: 0, high: 1 };
  const z = 1.96;
  const p = right / of;
  const middle = (p + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  return { right, of, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

interface Found {
  resolved: number;
  /** As `resolved`, also where what ran overrides or decorates the target. */
  declared: number;
  first: number;
  any: number;
  of: number;
}

export function recallOf(
  truth: Truth,
  graph: CallGraph,
  declared: Declared,
  admit: (pair: CallPair) => boolean,
): Found {
  const found: Found = { resolved: 0, declared: 0, first: 0, any: 0, of: 0 };
  for (const pair of truth.pairs) {
    if (!admit(pair)) continue;
    const state = graph.pairs.get(`${pair.caller} ${pair.callee}`) ?? null;
    found.of++;
    const means = ({ callee }: { callee: string }): boolean => declared.standsFor(callee, pair.callee);
    if (state === 0) found.resolved++;
    if (state === 0 || pair.sites.some((site) => graph.resolved.get(site)?.some(means))) found.declared++;
    if (state !== null && state <= 1) found.first++;
    if (state !== null) found.any++;
  }
  return found;
}

export interface Judged {
  readonly byRule: ReadonlyMap<string, { right: number; declared: number; of: number }>;
  readonly wrong: readonly {
    readonly site: string;
    readonly callee: string;
    readonly rule: string;
    readonly ran: readonly string[];
  }[];
}

/** @param skip callees that cannot be judged: generators of JavaScript begin later than they are called */
export function precisionOf(
  truth: Truth,
  graph: CallGraph,
  declared: Declared,
  admit: (path: string) => boolean,
  skip: (callee: string) => boolean,
): Judged {
  const byRule = new Map<string, { right: number; declared: number; of: number }>();
  const wrong: Judged['wrong'][number][] = [];
  for (const [key, site] of truth.sites) {
    if (!admit(site.path)) continue;
    for (const { callee, rule } of graph.resolved.get(key) ?? []) {
      if (skip(callee)) continue;
      const counts = byRule.get(rule) ?? { right: 0, declared: 0, of: 0 };
      byRule.set(rule, counts);
      counts.of++;
      if (site.callees.has(callee) || site.besides.has(callee)) counts.right++;
      else if (declared.isOpen(callee) || [...site.callees].some((ran) => declared.standsFor(callee, ran)))
        counts.declared++;
      else wrong.push({ site: key, callee, rule, ran: [...site.callees] });
    }
  }
  return { byRule, wrong };
}

function callFiles(paths: readonly string[]): Uint8Array[] {
  return paths.flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => name.endsWith('.jsonl'))
          .map((name) => readFileSync(join(path, name)))
      : [readFileSync(path)],
  );
}

const percent = ({ right, of, low, high }: Share): string =>
  of === 0
    ? 'none'
    : `${((100 * right) / of).toFixed(1)} (${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)}), ${right} of ${of}`;

async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      repo: { type: 'string' },
      calls: { type: 'string', multiple: true },
      peer: { type: 'string', multiple: true, default: [] },
      sample: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.repo === undefined || values.calls === undefined) throw new TypeError(usage);
  const repo = resolve(values.repo);
  const home = mkdtempSync(join(tmpdir(), 'winnow-calls-'));
  const repository = openRepository(repo, { home });
  try {
    const started = process.cpuUsage();
    const graph = await openGraph(repository);
    const used = process.cpuUsage(started);
    const sources = new Map<string, Uint8Array>();
    const source = (path: string): Uint8Array => {
      const known = sources.get(path) ?? readFileSync(join(repository.root, path));
      sources.set(path, known);
      return known;
    };
    const places = new Places(graph, source);
    const rows = readCallRows(callFiles(values.calls));
    const truth = truthOf(rows.rows, places);

    const ours = graphOfWinnow(graph, places);
    const declared = declaredOf(graph, places, source);
    const isProject = (pair: CallPair): boolean => !pair.fromTest && !pair.toTest;
    const recall = (['call', 'implicit', 'through'] as const).flatMap((how) =>
      ([true, false] as const).map((withoutTests) => ({
        how,
        tests: !withoutTests,
        ...recallOf(truth, ours, declared, (pair) => pair.how === how && (!withoutTests || isProject(pair))),
      })),
    );
    const testPaths = new Set(truth.pairs.filter(({ fromTest }) => fromTest).map(({ path }) => path));
    const generators = new Set<string>();
    for (let id = 0; id < graph.nodeCount; id++) {
      const node = graph.node(id);
      if (node.symbol < 0 || !/\.[cm]?[jt]sx?$/.test(node.path)) continue;
      const head = new TextDecoder().decode(
        source(node.path).subarray(node.span.start, Math.min(node.span.end, node.span.start + 200)),
      );
      if (/^[^({]*(function\s*\*|(^|\s)\*\s*[\w[#])/.test(head)) generators.add(places.key(node));
    }
    const judged = precisionOf(
      truth,
      ours,
      declared,
      (path) => !testPaths.has(path),
      (callee) => generators.has(callee),
    );
    const judgedAll = precisionOf(
      truth,
      ours,
      declared,
      () => true,
      (callee) => generators.has(callee),
    );

    const peers = values.peer.map((given) => {
      const [name = '', file = ''] = given.split('=', 2);
      const said = file.endsWith('.json')
        ? graphOfJelly(readFileSync(file, 'utf8'), places, truth.sites.values())
        : graphOfRows(readCallRows([readFileSync(file)]).rows, places);
      return { name, graph: said };
    });
    const isSkipped = (callee: string): boolean => generators.has(callee);
    const compared = [{ name: 'winnow', graph: ours }, ...peers].map(({ name, graph: one }) => {
      const found = recallOf(truth, one, declared, (pair) => pair.how === 'call' && isProject(pair));
      const right = precisionOf(truth, one, declared, (path) => !testPaths.has(path), isSkipped);
      return {
        name,
        recall: share(found.resolved, found.of),
        recallDeclared: share(found.declared, found.of),
        precision: share(sum(right, 'right'), sum(right, 'of')),
        precisionDeclared: share(sum(right, 'right') + sum(right, 'declared'), sum(right, 'of')),
        precisionInside: insidePrecision(truth, one, declared, (path) => !testPaths.has(path)),
        pairs: pairPrecision(truth, one),
      };
    });

    const random = seededRandom(Number(values.seed));
    const draw = <T>(from: readonly T[], count: number): T[] => random.shuffle(from).slice(0, count);
    const stateOf = ({ caller, callee }: CallPair) => ours.pairs.get(`${caller} ${callee}`) ?? null;
    const missing = truth.pairs.filter((pair) => pair.how === 'call' && isProject(pair) && stateOf(pair) !== 0);
    const causes = new Map<string, number>();
    const caused = missing.map((pair) => {
      const known = ours.known.get(siteKey(pair.path, pair.line, pair.column));
      const how = known === undefined ? '' : known ? ', ambiguous' : ', resolved to another';
      const cause = `${causeOf(source(pair.path), pair, places)}${how}`;
      causes.set(cause, (causes.get(cause) ?? 0) + 1);
      return { ...pair, cause, state: stateOf(pair) };
    });
    const half = Math.floor(Number(values.sample) / 2);
    const report = {
      schema: 'winnow.call-edges/1',
      repo,
      rows: rows.rows.length,
      dropped: rows.dropped,
      executedSites: truth.sites.size,
      executedSitesIntoProject: [...truth.sites.values()].filter(({ callees }) => callees.size > 0).length,
      nameless: truth.nameless,
      notInGraph: [...truth.unknown].slice(0, 20),
      graph: { cpuMs: Math.round((used.user + used.system) / 1000), statistics: graph.statistics() },
      recall,
      precision: share(sum(judged, 'right'), sum(judged, 'of')),
      precisionDeclared: share(sum(judged, 'right') + sum(judged, 'declared'), sum(judged, 'of')),
      precisionDeclaredWithTests: share(sum(judgedAll, 'right') + sum(judgedAll, 'declared'), sum(judgedAll, 'of')),
      precisionWithTests: share(sum(judgedAll, 'right'), sum(judgedAll, 'of')),
      byRule: Object.fromEntries([...judged.byRule].map(([rule, { right, of }]) => [rule, share(right, of)])),
      compared,
      causes: Object.fromEntries([...causes].sort((a, b) => b[1] - a[1])),
      missing: draw(caused, half).map((pair) => ({ ...pair, name: nameAt(source(pair.path), pair, places) })),
      wrong: draw(judged.wrong, half),
      wrongInTests: draw(
        judgedAll.wrong.filter(({ site }) => !judged.wrong.some((one) => one.site === site)),
        half,
      ),
      wrongCauses: wrongCauses(judged),
    };
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : view(report));
  } finally {
    repository.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** As `precisionDeclared`, at sites that entered the project: some tools also say which callbacks a library may call. */
function insidePrecision(truth: Truth, graph: CallGraph, declared: Declared, admit: (path: string) => boolean): Share {
  const sites = new Map([...truth.sites].filter(([, { callees }]) => callees.size > 0));
  const judged = precisionOf({ ...truth, sites }, graph, declared, admit, () => false);
  return share(sum(judged, 'right') + sum(judged, 'declared'), sum(judged, 'of'));
}

/** Of the resolved pairs whose caller called anything in the run, those that the run has, by whatever way. */
function pairPrecision(truth: Truth, graph: CallGraph): Share {
  const callers = new Set(truth.pairs.filter(({ fromTest }) => !fromTest).map(({ caller }) => caller));
  const took = new Set(truth.pairs.map(({ caller, callee }) => `${caller} ${callee}`));
  const said = [...graph.pairs].filter(([pair, state]) => state === 0 && callers.has(pair.slice(0, pair.indexOf(' '))));
  return share(said.filter(([pair]) => took.has(pair)).length, said.length);
}

const sum = ({ byRule }: Judged, what: 'right' | 'declared' | 'of'): number =>
  [...byRule.values()].reduce((all, counts) => all + counts[what], 0);

function wrongCauses({ wrong }: Judged): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { callee, ran } of wrong) {
    const name = callee.slice(callee.lastIndexOf('.') + 1);
    const cause =
      ran.length === 0
        ? 'left the project'
        : ran.some((one) => one.endsWith(`.${name}`))
          ? 'same name in another class'
          : 'another function';
    counts[cause] = (counts[cause] ?? 0) + 1;
  }
  return counts;
}

type Report = {
  compared: readonly {
    name: string;
    recall: Share;
    recallDeclared: Share;
    precision: Share;
    precisionDeclared: Share;
    precisionInside: Share;
    pairs: Share;
  }[];
  [key: string]: unknown;
  recall: readonly ({ how: string; tests: boolean } & Found)[];
  precision: Share;
  precisionDeclared: Share;
  precisionDeclaredWithTests: Share;
  precisionWithTests: Share;
  byRule: Record<string, Share>;
  causes: Record<string, number>;
  wrongCauses: Record<string, number>;
  missing: readonly { path: string; line: number; cause: string; callee: string; name: string; state: number | null }[];
  wrong: Judged['wrong'];
};

function view(report: Report): string {
  const lines = [
    `${report.repo}: ${report.rows} rows, ${report.executedSites} call sites ran, ${report.executedSitesIntoProject} of them into the project; ${report.nameless} rows of nameless callees`,
    '',
    table([
      ['pairs', 'tests', 'resolved', 'or overridden, decorated', 'or ambiguous, first', 'or ambiguous, any'],
      ...report.recall.map(({ how, tests, resolved, declared, first, any, of }) => [
        how,
        tests ? 'with' : 'without',
        percent(share(resolved, of)),
        percent(share(declared, of)),
        percent(share(first, of)),
        percent(share(any, of)),
      ]),
    ]),
    '',
    `precision of resolved edges at sites that ran: ${percent(report.precision)}; with tests ${percent(report.precisionWithTests)}`,
    `with overridden and decorated as right: ${percent(report.precisionDeclared)}; with tests ${percent(report.precisionDeclaredWithTests)}`,
    '',
    table([['rule', 'right'], ...Object.entries(report.byRule).map(([rule, one]) => [rule, percent(one)])]),
    '',
    table([
      [
        'tool',
        'recall',
        'overridden, open as found',
        'precision',
        'overridden, open as right',
        'at sites into the project',
        'pairs that came up',
      ],
      ...report.compared.map((one) => [
        one.name,
        ...[one.recall, one.recallDeclared, one.precision, one.precisionDeclared, one.precisionInside, one.pairs].map(
          percent,
        ),
      ]),
    ]),
    '',
    table([['missing because', 'pairs'], ...Object.entries(report.causes).map(([cause, n]) => [cause, String(n)])]),
    '',
    table([['wrong because', 'edges'], ...Object.entries(report.wrongCauses).map(([cause, n]) => [cause, String(n)])]),
    '',
    ...report.missing.map(
      ({ path, line, cause, callee, name, state }) =>
        `missing  ${path}:${line} ${name} → ${callee}  [${cause}]${state === null ? '' : ' (ambiguous)'}`,
    ),
    ...report.wrong.map(
      ({ site, callee, rule, ran }) =>
        `wrong  ${site} → ${callee} by ${rule}; ran ${ran.slice(0, 3).join(', ') || 'nothing of the project'}${ran.length > 3 ? `, and ${ran.length - 3} more` : ''}`,
    ),
    ...(report.notInGraph as [string, number][]).map(([what, count]) => `not in the graph  ${what} (${count} calls)`),
  ];
  return `${lines.join('\n')}\n`;
}

if (import.meta.main) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    const isUse = error instanceof TypeError && /usage|option|argument/i.test(error.message);
    process.stderr.write(`${error instanceof Error ? (isUse ? error.message : error.stack) : String(error)}\n`);
    process.exitCode = isUse ? 2 : 3;
  });
}
