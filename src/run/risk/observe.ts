/**
 * What a program did, as far as it can be seen, held against what was foretold.
 *
 * Two kinds of evidence. Certain: what the sandbox itself knows, which is how the program ended, which files it left changed and, on the native backend, what it
 * connected to, started, and was refused, seen from outside (`witnessed.ts`). Reported: rows of a hook that
 * Python's own audit events feed inside the program (PEP 578), or functions of Node's modules that are wrapped; a program can keep rows back or forge them, so
 * they are told as reported and never as all. Native backend, Python, JavaScript and TypeScript.
 */
import { runLanguage } from '../languages.ts';
import type { Change } from '../overlay/types.ts';
import { keepClear, ownFile, withoutOwn, writtenBytes } from '../owndirectory.ts';
import type { Job, Outcome } from '../types.ts';
import { recordOf } from '../untrusted.ts';
import { overlayActs, pathWithin } from './overdirectory.ts';
import { type FileAct, fileSeverity, placeOf } from './places.ts';
import { isAtLeast, type RiskCategory, type RiskReport, riskCategories, type Severity } from './types.ts';
import { shown } from './values.ts';
import { witnessedActs } from './witnessed.ts';

const directory = '.winnow-risk';
const place = `/work/${directory}`;

export interface SeenAct {
  readonly category: RiskCategory;
  readonly act: string;
  readonly severity: Severity;
  readonly target: string | null;
  /** `certain`: the sandbox knows. `reported`: the program said so. */
  readonly evidence: 'certain' | 'reported';
  readonly count: number;
}

export interface Observation {
  readonly acts: readonly SeenAct[];
  /** False: nothing in the program reported; only what is certain is told. */
  readonly isWatched: boolean;
  /** Connections, programs and refused calls were seen from outside. */
  readonly isWitnessed: boolean;
  /** Rows were dropped because there were too many. */
  readonly isCut: boolean;
}

export const comparisons = ['as-foretold', 'not-seen', 'not-foretold', 'neither'] as const;
export type Comparison = (typeof comparisons)[number];

export interface RiskComparison {
  readonly category: RiskCategory;
  readonly foretold: Severity | null;
  readonly seen: Severity | null;
  readonly verdict: Comparison;
}

/** Hooks by language: the file, and the variable that has it loaded first. */
const hooks: Readonly<
  Record<string, { readonly file: string; readonly variable: string; readonly value: string; readonly joint: string }>
> = {
  python: { file: 'python/sitecustomize.py', variable: 'PYTHONPATH', value: place, joint: ':' },
  javascript: {
    file: 'ecmascript/observe.cjs',
    variable: 'NODE_OPTIONS',
    value: `--require=${place}/observe.cjs`,
    joint: ' ',
  },
  typescript: {
    file: 'ecmascript/observe.cjs',
    variable: 'NODE_OPTIONS',
    value: `--require=${place}/observe.cjs`,
    joint: ' ',
  },
};

/** The job with a hook beside it where the language has one, and watched from outside. */
export async function watchedJob(plain: Job): Promise<{ readonly job: Job; readonly isWatched: boolean }> {
  const job = { ...plain, watch: true };
  const { name } = runLanguage(job.language);
  const hook = Object.hasOwn(hooks, name) ? hooks[name] : undefined;
  if (hook === undefined) return { job, isWatched: false };
  keepClear(job.files, directory, 'what a program does is recorded');
  const file = await ownFile(new URL(hook.file, import.meta.url), directory);
  const before = job.env?.[hook.variable];
  const value = before === undefined ? hook.value : `${hook.value}${hook.joint}${before}`;
  const env = { ...job.env, [hook.variable]: value, WINNOW_RISK_OUT: `${place}/rows.jsonl` };
  return { job: { ...job, files: [...job.files, file], env }, isWatched: true };
}

/** Rows past these are not read. */
const mostRows = 20_000;

/** @param over a directory that the program worked on through an overlay, and what it changed there */
export function takeObservation(
  outcome: Outcome,
  isWatched: boolean,
  over: { readonly directory: string; readonly changes: readonly Change[] } | null = null,
): { readonly outcome: Outcome; readonly observation: Observation } {
  const { witnessed, ...own } = withoutOwn(outcome, directory);
  const found = new Map<string, SeenAct>();
  const add = (act: Omit<SeenAct, 'count'>, times = 1): void => {
    const key = `${act.category} ${act.act} ${act.target} ${act.evidence}`;
    const before = found.get(key);
    if (before === undefined && found.size >= 1000) return;
    found.set(key, { ...act, count: (before?.count ?? 0) + times });
  };
  for (const file of own.files)
    add({
      category: 'files',
      act: file.change === 'removed' ? 'delete' : 'write',
      severity: 'low',
      target: file.path,
      evidence: 'certain',
    });
  for (const act of overlayActs(over?.changes ?? [])) add(act);
  const { kind } = own.ending;
  if (kind === 'out-of-memory' || kind === 'timed-out' || kind === 'output-limit' || kind === 'out-of-fuel')
    add({ category: 'resources', act: kind, severity: 'medium', target: null, evidence: 'certain' });
  if (witnessed !== undefined) for (const [act, count] of witnessedActs(witnessed, own.language)) add(act, count);
  const lines = new TextDecoder().decode(writtenBytes(outcome, `${directory}/rows.jsonl`)).split('\n');
  for (const line of lines.slice(0, mostRows)) {
    const row = recordOf(line);
    const act = row === null ? null : actOf(row, over?.directory ?? null);
    if (act !== null) add(act);
  }
  return {
    outcome: own,
    observation: {
      acts: [...found.values()],
      isWatched: isWatched && own.backend === 'native',
      isWitnessed: witnessed?.why === null,
      isCut: lines.length > mostRows || (witnessed?.omitted ?? 0) > 0,
    },
  };
}

const fileEvents: Readonly<Record<string, FileAct>> = {
  'os.remove': 'delete',
  'os.rmdir': 'delete',
  'shutil.rmtree': 'delete',
  'os.truncate': 'delete',
  'os.rename': 'write',
  'os.mkdir': 'write',
  'os.link': 'write',
  'os.symlink': 'write',
  'os.listdir': 'list',
  'os.scandir': 'list',
  'glob.glob': 'list',
  'shutil.copyfile': 'read',
  'os.chdir': 'list',
};

const otherEvents: Readonly<Record<string, readonly [RiskCategory, string, Severity]>> = {
  'socket.connect': ['network', 'connect', 'medium'],
  'socket.sendto': ['network', 'connect', 'medium'],
  'socket.getaddrinfo': ['network', 'resolve', 'medium'],
  'socket.gethostbyname': ['network', 'resolve', 'medium'],
  'socket.bind': ['network', 'listen', 'medium'],
  'urllib.Request': ['network', 'connect', 'medium'],
  'http.client.connect': ['network', 'connect', 'medium'],
  'smtplib.connect': ['network', 'connect', 'medium'],
  'ftplib.connect': ['network', 'connect', 'medium'],
  'telnetlib.Telnet.open': ['network', 'connect', 'medium'],
  'subprocess.Popen': ['processes', 'start', 'medium'],
  'os.system': ['processes', 'shell', 'medium'],
  'os.exec': ['processes', 'start', 'medium'],
  'os.posix_spawn': ['processes', 'start', 'medium'],
  'os.spawn': ['processes', 'start', 'medium'],
  'os.fork': ['processes', 'fork', 'medium'],
  'os.forkpty': ['processes', 'fork', 'medium'],
  'pty.spawn': ['processes', 'start', 'medium'],
  'os.kill': ['processes', 'kill', 'high'],
  'os.killpg': ['processes', 'kill', 'high'],
  'os.putenv': ['environment', 'write', 'low'],
  'os.unsetenv': ['environment', 'write', 'low'],
  'os.chmod': ['privileges', 'chmod', 'low'],
  'os.chown': ['privileges', 'chown', 'high'],
  'pickle.find_class': ['injection', 'deserialise', 'medium'],
  'marshal.loads': ['injection', 'deserialise', 'medium'],
  'ctypes.dlopen': ['injection', 'native', 'high'],
  'exec-text': ['injection', 'evaluate', 'medium'],
  'import-watch': ['monitoring', 'watch', 'medium'],
};

/** A row as an act; null: none that is known. Rows come from the program, so each is looked at as a stranger's. */
function actOf(row: Readonly<Record<string, unknown>>, over: string | null): Omit<SeenAct, 'count'> | null {
  const { event, target, mode } = row;
  if (typeof event !== 'string') return null;
  const named = typeof target === 'string' ? target.slice(0, 400) : null;
  const to = named === null ? null : shown(named);
  const file =
    event === 'open' ? (typeof mode === 'string' && /[wax+]/.test(mode) ? 'write' : 'read') : fileEvents[event];
  if (file !== undefined && named !== null) {
    // In the sandbox the work directory has a name.
    const inside =
      (over === null ? null : pathWithin(named, over)) ?? named.replace(/^(?:file:\/\/)?\/work(?:\/|$)/, './');
    return {
      category: 'files',
      act: file,
      severity: fileSeverity(file, placeOf(inside)),
      target: to,
      evidence: 'reported',
    };
  }
  const other = Object.hasOwn(otherEvents, event) ? otherEvents[event] : undefined;
  if (other === undefined) return null;
  const [category, act, severity] = other;
  return { category, act, severity, target: to, evidence: 'reported' };
}

/** Foretold against seen, by category. Only what counts (`medium` and worse) makes a difference. */
export function compareRisk(report: Pick<RiskReport, 'findings'>, { acts }: Observation): RiskComparison[] {
  return riskCategories.map((category) => {
    const worst = (severitiesOf: readonly Severity[]): Severity | null =>
      severitiesOf.reduce<Severity | null>(
        (found, one) => (found === null || isAtLeast(one, found) ? one : found),
        null,
      );
    const foretold = worst(report.findings.filter((one) => one.category === category).map(({ severity }) => severity));
    const seen = worst(acts.filter((one) => one.category === category).map(({ severity }) => severity));
    const [a, b] = [foretold !== null && isAtLeast(foretold, 'medium'), seen !== null && isAtLeast(seen, 'medium')];
    const verdict = a && b ? 'as-foretold' : a ? 'not-seen' : b ? 'not-foretold' : 'neither';
    return { category, foretold, seen, verdict };
  });
}
