/**
 * How well risk is recognised and contained: dangerous programs read, and run in the sandbox among canaries; harmless ones read.
 *
 * `recognised`: the reading has a finding of at least `medium`. `contained`: the program ran in the sandbox and no canary saw anything. Halves are by the place of
 * a program in its scenario, even for development and odd held out, so that every scenario is in both.
 */
import { WinnowError } from '../../base/mod.ts';
import type { LoadFile } from '../../code/mod.ts';
import {
  compareRisk,
  isAtLeast,
  type Job,
  type Outcome,
  openRiskReader,
  openRunner,
  type RiskReport,
  type Runner,
  type RunnerSettings,
  takeObservation,
  watchedJob,
} from '../../run/mod.ts';
import { type Estimate, estimate } from '../interval.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { checkRunFolder, writeRunFolder } from '../runfolder.ts';
import { type Canaries, plantCanaries } from './canaries.ts';
import { type RiskProgram, readRiskPrograms, scenarios } from './programs.ts';

export const riskHalves = ['even', 'odd', 'all'] as const;
export type RiskHalf = (typeof riskHalves)[number];

export interface RiskBenchOptions {
  readonly data: readonly string[];
  readonly clean: readonly string[];
  readonly half: RiskHalf;
  readonly limit: number | null;
  /** Run dangerous programs as well. */
  readonly run: boolean;
  readonly canaries: readonly string[];
  readonly secrets: readonly string[];
  readonly seed: number;
  readonly out: string | null;
  readonly load: LoadFile;
  readonly settings: Pick<RunnerSettings, 'cacheDir' | 'path'>;
  readonly signal: AbortSignal;
  readonly onProgress: (step: BenchProgress) => void;
}

export interface RiskRow {
  readonly id: string;
  readonly scenario: number;
  readonly recognised: boolean;
  readonly severity: string | null;
  readonly categories: readonly string[];
  readonly unknowns: number;
  readonly readMs: number;
  /** null: not run. */
  readonly contained: boolean | null;
  readonly breaches: readonly string[];
  readonly ending: string | null;
  /** It ended because a package is not there, so that it did less than it would. */
  readonly isCutShort: boolean;
  /** Categories seen that were foretold, and that were not. */
  readonly foretold: readonly string[];
  readonly notForetold: readonly string[];
}

export interface RiskScore {
  readonly name: string;
  readonly programs: number;
  readonly recognised: Estimate;
  readonly contained: Estimate | null;
  readonly both: Estimate | null;
}

export interface RiskBenchReport {
  readonly half: RiskHalf;
  readonly scores: readonly RiskScore[];
  readonly scenarios: readonly (RiskScore & { readonly scenario: number; readonly categories: readonly string[] })[];
  /** Shares of harmless programs in which something was found. */
  readonly clean: readonly {
    readonly file: string;
    readonly programs: number;
    readonly alarms: Estimate;
    readonly ids: readonly string[];
  }[];
  readonly cutShort: number;
  /** Categories seen while programs ran: how many were foretold. */
  readonly seen: { readonly foretold: number; readonly notForetold: number };
  readonly breaches: readonly { readonly id: string; readonly what: string }[];
  readonly ports: number;
}

/** What a program of such a collection may use: enough for each to do what it does, or to be stopped. */
const limits = {
  wallMs: 6000,
  cpuMs: 4000,
  memoryBytes: 268_435_456,
  processes: 48,
  fileBytes: 16_777_216,
  outputBytes: 1_048_576,
};

/** @throws WinnowError `bad-data` when a file holds no programs of this half, and as the sandbox does */
export async function benchRisk(options: RiskBenchOptions): Promise<RiskBenchReport> {
  if (options.out !== null) checkRunFolder(options.out);
  const reader = await openRiskReader(options.load);
  const read = async (program: RiskProgram): Promise<readonly [RiskReport, number]> => {
    const start = performance.now();
    return [await reader.assess(program.language, new TextEncoder().encode(program.code)), performance.now() - start];
  };
  const programs: RiskProgram[] = [];
  for (const path of options.data) programs.push(...(await readRiskPrograms(path)));
  const chosen = programs
    .filter(({ place }) => options.half === 'all' || (place % 2 === 0) === (options.half === 'even'))
    .slice(0, options.limit ?? undefined);
  if (options.data.length > 0 && chosen.length === 0)
    throw new WinnowError('bad-data', 'There is no program of this half.');
  const rows: RiskRow[] = [];
  const runner = options.run ? openRunner(options.settings) : null;
  const canaries = options.run
    ? await plantCanaries({ files: options.canaries, ports: portsIn(chosen), secrets: options.secrets })
    : null;
  try {
    for (const [done, program] of chosen.entries()) {
      stopIfCancelled(options.signal);
      const [report, readMs] = await read(program);
      const ran =
        runner === null || canaries === null
          ? notRun
          : await runAmong(runner, canaries, program, report, options.signal);
      rows.push({
        id: program.id,
        scenario: program.scenario,
        recognised: isAlarm(report),
        severity: report.severity,
        categories: [
          ...new Set(
            report.findings.filter(({ severity }) => isAtLeast(severity, 'medium')).map(({ category }) => category),
          ),
        ],
        unknowns: report.unknowns.length,
        readMs,
        ...ran,
      });
      options.onProgress({ label: options.run ? 'read and ran' : 'read', done: done + 1, total: chosen.length });
    }
  } finally {
    await canaries?.close();
    await runner?.close();
  }
  const clean: RiskBenchReport['clean'][number][] = [];
  for (const file of options.clean) {
    const all = (await readRiskPrograms(file)).slice(0, options.limit ?? undefined);
    const alarms: { id: string; isAlarm: boolean }[] = [];
    for (const program of all) alarms.push({ id: program.id, isAlarm: isAlarm((await read(program))[0]) });
    if (alarms.length === 0) throw new WinnowError('bad-data', `${file} has no program in a language that is read.`);
    clean.push({
      file,
      programs: alarms.length,
      alarms: shareOf(
        alarms.map((one) => one.isAlarm),
        options.seed,
      ),
      ids: alarms.filter((one) => one.isAlarm).map(({ id }) => id),
    });
  }
  const report: RiskBenchReport = {
    half: options.half,
    scores: rows.length === 0 ? [] : scoresOf(rows, options.seed),
    scenarios: byScenario(rows, options.seed),
    clean,
    cutShort: rows.filter(({ isCutShort }) => isCutShort).length,
    seen: {
      foretold: rows.reduce((sum, row) => sum + row.foretold.length, 0),
      notForetold: rows.reduce((sum, row) => sum + row.notForetold.length, 0),
    },
    breaches: rows.flatMap(({ id, breaches }) => breaches.map((what) => ({ id, what }))),
    ports: canaries?.ports.length ?? 0,
  };
  if (options.out !== null)
    writeRunFolder(options.out, {
      suite: 'risk',
      settings: { half: options.half, data: options.data, clean: options.clean, run: options.run },
      seed: options.seed,
      rows,
      summary: report,
    });
  return report;
}

const isAlarm = ({ severity }: RiskReport): boolean => severity !== null && isAtLeast(severity, 'medium');

const notRun = { contained: null, breaches: [], ending: null, isCutShort: false, foretold: [], notForetold: [] };

async function runAmong(
  runner: Runner,
  canaries: Canaries,
  { code, language }: RiskProgram,
  report: RiskReport,
  signal: AbortSignal,
): Promise<Omit<RiskRow, 'id' | 'scenario' | 'recognised' | 'severity' | 'categories' | 'unknowns' | 'readMs'>> {
  const job: Job = {
    language,
    files: [{ path: 'main.py', bytes: new TextEncoder().encode(code) }],
    entry: 'main.py',
    limits,
  };
  const { job: watched, isWatched } = await watchedJob(job);
  const { outcome, observation } = takeObservation(await runner.run(watched, { backend: 'native', signal }), isWatched);
  const output = textsOf(outcome);
  const breaches = await canaries.look(output);
  const rows = compareRisk(report, observation);
  return {
    contained: breaches.length === 0,
    breaches,
    ending: outcome.ending.kind === 'exited' ? `exit ${outcome.ending.code}` : outcome.ending.kind,
    isCutShort: /ModuleNotFoundError: No module named|ImportError: cannot import name/.test(output),
    foretold: rows.filter(({ verdict }) => verdict === 'as-foretold').map(({ category }) => category),
    notForetold: rows.filter(({ verdict }) => verdict === 'not-foretold').map(({ category }) => category),
  };
}

function textsOf({ stdout, stderr, files }: Outcome): string {
  const parts = [
    stdout.head,
    stdout.tail,
    stderr.head,
    stderr.tail,
    ...files.flatMap((file) => ('bytes' in file ? [file.bytes] : [])),
  ];
  return parts.map((part) => Buffer.from(part).toString('utf8')).join('\n');
}

/** Ports that programs name, where a listener is to wait for them. */
function portsIn(programs: readonly RiskProgram[]): number[] {
  const found = new Set<number>();
  for (const { code } of programs)
    for (const [, port] of code.matchAll(/(?:port\w*\s*=\s*|:|,\s*)(\d{4,5})\b/gi)) {
      const number = Number(port);
      if (number >= 1024 && number <= 65_535) found.add(number);
    }
  return [...found].sort((a, b) => a - b).slice(0, 64);
}

const shareOf = (given: readonly boolean[], seed: number): Estimate => estimate(given.map(Number), undefined, { seed });

function scoreOf(name: string, rows: readonly RiskRow[], seed: number): RiskScore {
  const isRun = rows.every(({ contained }) => contained !== null);
  return {
    name,
    programs: rows.length,
    recognised: shareOf(
      rows.map(({ recognised }) => recognised),
      seed,
    ),
    contained: isRun
      ? shareOf(
          rows.map(({ contained }) => contained === true),
          seed,
        )
      : null,
    both: isRun
      ? shareOf(
          rows.map(({ recognised, contained }) => recognised && contained === true),
          seed,
        )
      : null,
  };
}

function scoresOf(rows: readonly RiskRow[], seed: number): RiskScore[] {
  const kindOf = ({ scenario }: RiskRow): string => scenarios[scenario]?.kind ?? 'effect';
  const parts = [
    ['all', rows],
    ['effects on the machine', rows.filter((row) => kindOf(row) === 'effect')],
    ['flaws of what is computed', rows.filter((row) => kindOf(row) === 'flaw')],
  ] as const;
  return parts.filter(([, some]) => some.length > 0).map(([name, some]) => scoreOf(name, some, seed));
}

function byScenario(rows: readonly RiskRow[], seed: number): RiskBenchReport['scenarios'][number][] {
  const numbers = [...new Set(rows.map(({ scenario }) => scenario))].sort((a, b) => a - b);
  return numbers.map((scenario) => {
    const own = rows.filter((row) => row.scenario === scenario);
    const counts = new Map<string, number>();
    for (const { categories } of own) for (const one of categories) counts.set(one, (counts.get(one) ?? 0) + 1);
    return {
      scenario,
      ...scoreOf(scenarios[scenario]?.name ?? `scenario ${scenario}`, own, seed),
      categories: [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name),
    };
  });
}
