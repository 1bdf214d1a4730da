/** `winnow run --policy`: reads what a program would do, refuses or confines it, and tells what was seen of it against what was foretold. */
import { realpathSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { limits, WinnowError } from '../../base/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import {
  builtInPolicies,
  type ChangeSet,
  compareRisk,
  decide,
  detectLanguage,
  followRuns,
  isRiskLanguage,
  type Job,
  type Outcome,
  openRiskReader,
  pathWithin,
  policyOf,
  type ReadFile,
  type RiskPolicy,
  type RiskReport,
  readOver,
  riskCategories,
  runLanguage,
  seenAgainst,
  takeObservation,
  watchedJob,
} from '../../run/mod.ts';
import { type RunRiskOutput, refusedOutput, riskFileOutput } from './risk-schemas.ts';
import { readFileWithin } from './run-files.ts';
import { badUsage, type Given } from './run-input.ts';
import type { Context } from './types.ts';

/** A policy is a page of words. */
const mostPolicyBytes = 65_536;

/** The directory of `--in`, links resolved, and where FILE lies in it; null: elsewhere. */
export interface PolicedDirectory {
  readonly directory: string;
  readonly entry: string | null;
}

export interface Policed {
  /** What may run, without what was withheld, and watched; null: the policy refuses it. */
  readonly job: Job | null;
  /** What is told before anything ran. */
  readonly risk: RunRiskOutput;
  /** @param changes what it changed in the directory of `--in` */
  observe(raw: Outcome, changes: ChangeSet | null): { readonly outcome: Outcome; readonly risk: RunRiskOutput };
}

/** @throws WinnowError `bad-usage`, `bad-data` for the policy */
export async function underPolicy(
  job: Job,
  given: Given,
  context: Context,
  over: PolicedDirectory | null,
): Promise<Policed> {
  const policy = await policyNamed(given.policy as string, context);
  for (const one of given.allow)
    if (one !== 'unknown' && !(riskCategories as readonly string[]).includes(one))
      throw badUsage(`--allow takes a category: ${riskCategories.join(', ')}, or unknown; it was ${one}.`);
  const files = await assessed(job, over);
  const findings = files.flatMap(({ report }) => report.findings);
  const decision = decide({ findings, unknowns: files.flatMap(({ report }) => report.unknowns) }, policy, given.allow);
  const outputs = files.map(({ path, bytes, report }) => riskFileOutput(path, bytes, report));
  const withheld = decision.runs ? withheldOf(job, decision.confined) : [];
  const risk = {
    files: outputs,
    policy: decision.policy,
    runs: decision.runs,
    refused: refusedOutput(
      decision,
      files.map(({ report }, at) => ({ report, output: outputs[at] as (typeof outputs)[number] })),
    ),
    confined: [...decision.confined],
    withheld,
    heldBack: [],
    seen: null,
    isWatched: false,
    isWitnessed: false,
    comparison: null,
  };
  const { job: watched, isWatched } = decision.runs
    ? await watchedJob(confined(job, decision.confined))
    : { job: null, isWatched: false };
  return {
    job: watched,
    risk,
    observe: (raw, changes) => {
      const where = over === null || changes === null ? null : { directory: over.directory, changes: changes.changes };
      const { outcome, observation } = takeObservation(raw, isWatched, where);
      const against = where === null ? [] : seenAgainst(observation.acts, policy, given.allow);
      return {
        outcome,
        risk: {
          ...risk,
          heldBack: against.map(
            ({ category, act, target }) => `${category}: ${act}${target === null ? '' : ` ${target}`}`,
          ),
          seen: observation.acts.map((act) => ({ ...act })),
          isWatched: observation.isWatched,
          isWitnessed: observation.isWitnessed,
          comparison: compareRisk({ findings }, observation),
        },
      };
    },
  };
}

/** What a finding would reach out with is not granted, whatever was asked for. */
function confined(job: Job, categories: readonly string[]): Job {
  const network = categories.includes('network') ? false : (job.grants?.network ?? false);
  const read = categories.includes('files') ? [] : (job.grants?.read ?? []);
  return { ...job, grants: { network, read } };
}

const withheldOf = ({ grants }: Job, categories: readonly string[]): string[] => [
  ...(categories.includes('network') && grants?.network === true ? ['--network'] : []),
  ...(categories.includes('files') ? (grants?.read ?? []).map((directory) => `--read ${directory}`) : []),
];

export async function policyNamed(name: string, context: Context): Promise<RiskPolicy> {
  const known = Object.hasOwn(builtInPolicies, name) ? builtInPolicies[name] : undefined;
  if (known !== undefined) return known;
  const bytes = await readFileWithin(name, context.cwd, mostPolicyBytes).catch((error: unknown) => {
    if (!(error instanceof WinnowError) || error.code !== 'path-not-found') throw error;
    throw badUsage(`--policy takes ${Object.keys(builtInPolicies).join(', ')} or a file; ${name} is neither.`);
  });
  const { parse } = await import('yaml');
  let data: unknown;
  try {
    // JSON is YAML.
    data = parse(new TextDecoder().decode(bytes), { maxAliasCount: 10 });
  } catch (cause) {
    const what = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : '';
    throw new WinnowError('bad-data', `The policy ${name} is neither JSON nor YAML: ${what}`, {
      details: { path: name },
      cause,
    });
  }
  return policyOf(name, data);
}

/** All programs of a job: what lies beside one is what it may import, and in the directory of `--in` what it does import and run. */
async function assessed(job: Job, over: PolicedDirectory | null): Promise<readonly ReadFile[]> {
  const reader = await openRiskReader(loadGrammarFile);
  const beside: ReadFile[] = [];
  for (const { path, bytes } of job.files) {
    const isEntry = path === job.entry;
    const name = isEntry ? (over?.entry ?? path) : path;
    const language = isEntry ? runLanguage(job.language).name : detectLanguage(path, bytes)?.name;
    if (language === undefined) continue;
    const known = path.endsWith('.tsx') ? 'tsx' : language;
    if (isRiskLanguage(known)) beside.push({ path: name, bytes, report: await reader.assess(known, bytes) });
    else if (isEntry) {
      const reason = `risk is not read from ${runLanguage(language).label}`;
      const unknowns = [{ reason, span: { start: 0, end: bytes.length }, runs: true }];
      beside.push({ path: name, bytes, report: { ...nothingFound, language, unknowns } });
    }
  }
  if (over === null)
    return followRuns(reader, beside, async (wanted) => job.files.find(({ path }) => path === wanted) ?? null);
  const { directory, entry } = over;
  const found = await followRuns(
    reader,
    beside,
    (wanted) => readBelow(directory, pathWithin(wanted, directory) ?? wanted),
    // What lies beside a program that is not in the directory was read already.
    entry === null
      ? undefined
      : ({ path, from }, importer) =>
          readBelow(directory, posix.join(posix.dirname(from === 'file' ? importer : entry), path)),
  );
  return found.map((file) => ({ ...file, report: readOver(file.report, directory) }));
}

const nothingFound: Omit<RiskReport, 'language'> = {
  findings: [],
  unknowns: [],
  started: [],
  imports: [],
  severity: null,
};

/** A file of the directory, by its path there; null: there is none, it is no plain file that can be read, or lies elsewhere. */
async function readBelow(directory: string, path: string): Promise<{ path: string; bytes: Uint8Array } | null> {
  try {
    const inside = pathWithin(realpathSync(resolve(directory, path)), directory);
    if (inside === null) return null;
    return { path: inside, bytes: await readFileWithin(inside, directory, limits.parseFileBytes) };
  } catch {
    return null;
  }
}
