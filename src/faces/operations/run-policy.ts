/** `winnow run --policy`: reads what a program would do, refuses or confines it, runs it, and tells what was seen of it against what was foretold. */
import { WinnowError } from '../../base/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import {
  builtInPolicies,
  compareRisk,
  decide,
  detectLanguage,
  followRuns,
  isRiskLanguage,
  type Job,
  openRiskReader,
  policyOf,
  type ReadFile,
  type RiskPolicy,
  type RiskReport,
  type Runner,
  riskCategories,
  runLanguage,
  takeObservation,
  watchedJob,
} from '../../run/mod.ts';
import { type RunRiskOutput, refusedOutput, riskFileOutput } from './risk-schemas.ts';
import { readFileWithin } from './run-files.ts';
import { badUsage, type Given } from './run-input.ts';
import { outcomeOutput, type RunOutput } from './run-schemas.ts';
import type { Context } from './types.ts';

/** A policy is a page of words. */
const mostPolicyBytes = 65_536;

type Policed = Pick<RunOutput, 'outcome'> & { readonly risk: RunRiskOutput; readonly changed: readonly Changed[] };
type Changed = Awaited<ReturnType<Runner['run']>>['files'][number];

export async function runUnderPolicy(runner: Runner, job: Job, given: Given, context: Context): Promise<Policed> {
  const policy = await policyNamed(given.policy as string, context);
  for (const one of given.allow)
    if (one !== 'unknown' && !(riskCategories as readonly string[]).includes(one))
      throw badUsage(`--allow takes a category: ${riskCategories.join(', ')}, or unknown; it was ${one}.`);
  const { whole, files } = await assessed(job);
  const decision = decide(whole, policy, given.allow);
  const told = {
    files: files.map(({ path, bytes, report }) => riskFileOutput(path, bytes, report)),
    policy: decision.policy,
    runs: decision.runs,
    refused: refusedOutput(
      decision,
      files.map((file) => ({ report: file.report, output: riskFileOutput(file.path, file.bytes, file.report) })),
    ),
    confined: [...decision.confined],
  };
  if (!decision.runs)
    return {
      outcome: null,
      changed: [],
      risk: { ...told, seen: null, isWatched: false, isWitnessed: false, comparison: null },
    };
  const { job: watched, isWatched } = await watchedJob(confined(job, decision.confined));
  const raw = await runner.run(watched, { backend: given.backend, signal: context.signal });
  const { outcome, observation } = takeObservation(raw, isWatched);
  return {
    outcome: outcomeOutput(outcome),
    changed: outcome.files,
    risk: {
      ...told,
      seen: observation.acts.map((act) => ({ ...act })),
      isWatched: observation.isWatched,
      isWitnessed: observation.isWitnessed,
      comparison: compareRisk(whole, observation),
    },
  };
}

/** What a finding would reach out with is not granted, whatever was asked for. */
function confined(job: Job, categories: readonly string[]): Job {
  const network = categories.includes('network') ? false : (job.grants?.network ?? false);
  const read = categories.includes('files') ? [] : (job.grants?.read ?? []);
  return { ...job, grants: { network, read } };
}

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

/** All programs of a job: what lies beside one is what it may import. */
async function assessed(job: Job): Promise<{ readonly whole: RiskReport; readonly files: readonly ReadFile[] }> {
  const reader = await openRiskReader(loadGrammarFile);
  const beside: ReadFile[] = [];
  for (const { path, bytes } of job.files) {
    const isEntry = path === job.entry;
    const language = isEntry ? runLanguage(job.language).name : detectLanguage(path, bytes)?.name;
    if (language === undefined) continue;
    const known = path.endsWith('.tsx') ? 'tsx' : language;
    if (isRiskLanguage(known)) beside.push({ path, bytes, report: await reader.assess(known, bytes) });
    else if (isEntry) {
      const reason = `risk is not read from ${runLanguage(language).label}`;
      const unknowns = [{ reason, span: { start: 0, end: bytes.length }, runs: true }];
      beside.push({ path, bytes, report: { language, findings: [], unknowns, started: [], severity: null } });
    }
  }
  const files = await followRuns(
    reader,
    beside,
    async (wanted) => job.files.find(({ path }) => path === wanted) ?? null,
  );
  const findings = files.flatMap(({ report }) => report.findings);
  const unknowns = files.flatMap(({ report }) => report.unknowns);
  return { whole: { language: job.language, findings, unknowns, started: [], severity: null }, files };
}
