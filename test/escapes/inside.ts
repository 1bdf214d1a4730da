/**
 * Runs hostile programs on one backend and says, a JSON line each, what came through. Started inside a second belt by
 * `escapes.test.ts` and `perf/run-redcode.ts`; `--harmless` alone may run without one.
 *
 * After every program, whatever it was: no bait word came out, no bait server was called, nothing answers at an open
 * port, no file, process, socket or mount is there that was not, the outcome is one its file allows, it ended in time, and a plain
 * program that runs next gives what it always gives, to the instruction where the backend counts.
 *
 * ```
 * node inside.ts --backend embedded|native --word WORD [--only NAME]… [--harmless]
 * ```
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BackendName, type Outcome, openRunner, type Runner, runLanguage } from '../../src/run/mod.ts';
import { copyKept } from '../keptcache.ts';
import { type Bait, layBait } from './bait.ts';
import { type Hostile, readCorpus } from './corpus.ts';
import { escapesOf } from './judge.ts';
import { differences, type Picture, takePicture } from './picture.ts';

export interface Row {
  readonly name: string;
  /** What came through or was not as it must be; empty: contained. */
  readonly findings: readonly string[];
  readonly endings: readonly string[];
  readonly wallMs: number;
  /** Why it did not run. */
  readonly skipped: string | null;
  /** The end of what was printed, where there are findings. */
  readonly said?: string;
}

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'native' },
    word: { type: 'string', default: '' },
    only: { type: 'string', multiple: true },
    harmless: { type: 'boolean', default: false },
  },
});
const backend = values.backend as BackendName;
const ownTmp = process.env.TMPDIR ?? '';
const cacheDir = join(ownTmp, 'cache');
const own = [`${cacheDir}/`, `${ownTmp}/`];
/** Beyond the limit a job asks for: starting, and killing on a busy machine. */
const slackMs = 5000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const say = (row: Row): void => void process.stdout.write(`${JSON.stringify(row)}\n`);

copyKept(cacheDir);
const bait: Bait | null = values.harmless ? null : await layBait(values.word);
const runner = openRunner({
  cacheDir,
  path: (process.env.PATH ?? '').split(':'),
  parallelism: 1,
  backend,
});
const picture = (): Picture | null => (values.harmless ? null : takePicture(own));
const start = picture();

const offers = (await runner.offers()).find((offer) => offer.backend === backend);
const ready = new Map(
  offers?.runtimes.map((runtime) => [runtime.language, runtime.state === 'ready' ? null : runtime.reason]),
);
const witnesses = new Map<string, string>();
// Language by language: a worker belongs to one, and starting another takes longer than most programs.
const wanted = readCorpus()
  .filter(({ name }) => values.only === undefined || values.only.includes(name))
  .sort((a, b) => (kindOf(a) < kindOf(b) ? -1 : kindOf(a) > kindOf(b) ? 1 : 0));
/** After a program that left nothing: whom its witness leaves warm, and the picture of then. */
let clean: { readonly kind: string; readonly picture: Picture | null } | null = null;
for (const hostile of wanted) say(await containment(hostile));
await runner.close();
say(atTheEnd());
bait?.close();
process.exit(0);

async function containment(hostile: Hostile): Promise<Row> {
  const skipped = reasonToSkip(hostile);
  const row = { name: hostile.name, endings: [] as string[], findings: [] as string[], wallMs: 0, skipped };
  if (skipped !== null) return row;
  // The runtime is warm before the picture, so that what it keeps is no finding.
  const isWarm = clean?.kind === kindOf(hostile);
  if (!isWarm) await witness(runner, hostile.job);
  const before = isWarm ? (clean?.picture ?? null) : picture();
  clean = null;
  const started = performance.now();
  let said = '';
  for (let run = 0; run < hostile.runs; run++) {
    const knock = bait?.knock();
    try {
      const outcome = await runner.run(hostile.job);
      row.endings.push(nameOf(outcome));
      row.findings.push(...escapesOf(hostile, outcome, bait?.inside ?? (() => false)));
      said = endOf(outcome);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      row.endings.push(`refused ${code}`);
      if (!hostile.endings.includes(`refused ${code}`)) row.findings.push(`the harness failed: ${code} ${message}`);
    }
    const open = knock?.stop() ?? [];
    if (open.length > 0) row.findings.push(`what it served could be called at ${open.join(', ')}`);
  }
  row.wallMs = Math.round(performance.now() - started);
  const allowedMs = (hostile.job.limits?.wallMs ?? 10_000) + slackMs;
  if (row.wallMs > allowedMs * hostile.runs) row.findings.push(`took ${row.wallMs} ms`);
  const calls = bait?.called() ?? [];
  if (calls.length > 0) row.findings.push(`called ${calls.join(', ')}`);
  row.findings.push(...(await witness(runner, hostile.job)));
  const after = before === null ? null : await changesSince(before);
  if (after !== null) row.findings.push(...after.found);
  if (row.findings.length === 0) clean = { kind: kindOf(hostile), picture: after?.picture ?? null };
  return row.findings.length > 0 ? { ...row, said } : row;
}

function reasonToSkip(hostile: Hostile): string | null {
  if (!hostile.backends.includes(backend)) return `not for the ${backend} backend`;
  if (values.harmless && !hostile.harmless) return 'only inside a second belt';
  if (offers?.availability.state !== 'ready') return `the ${backend} backend is not available`;
  const language = runLanguage(hostile.job.language).name;
  const missing = ready.get(language);
  return missing === undefined ? `no ${language} on the ${backend} backend` : missing;
}

/** What a plain program does, in words; a finding when it is not what it did the first time. */
async function witness(runner: Runner, { language, limits }: Hostile['job']): Promise<string[]> {
  const { known, defaultEntry } = runLanguage(language);
  const job = {
    language,
    entry: defaultEntry,
    files: [{ path: defaultEntry, bytes: Buffer.from(known) }],
    stdin: Buffer.from('World\n'),
    // The same memory, so that the same worker may take it.
    limits: { wallMs: 30_000, ...(limits?.memoryBytes === undefined ? {} : { memoryBytes: limits.memoryBytes }) },
  };
  try {
    const { ending, stdout, stderr, files, usage } = await runner.run(job);
    const counted = usage.countUnit === 'wasm' ? usage.instructions : null;
    const seen = JSON.stringify([ending, text(stdout), text(stderr), files.map((file) => file.path), counted]);
    const first = witnesses.get(language);
    witnesses.set(language, first ?? seen);
    return first === undefined || first === seen ? [] : [`the next program gave ${seen}, at first ${first}`];
  } catch (error) {
    return [`the next program could not run: ${(error as Error).message}`];
  }
}

/** Workers that are being replaced come and go for a moment; everything else has to be right at once. */
async function changesSince(before: Picture): Promise<{ found: string[]; picture: Picture }> {
  for (let tries = 0; ; tries++) {
    const picture = takePicture(own);
    const found = differences(before, picture);
    if (found.length === 0 || tries === 40) return { found, picture };
    await sleep(50);
  }
}

/** What is served by the same worker. */
function kindOf({ job }: Hostile): string {
  return `${runLanguage(job.language).name} ${job.limits?.memoryBytes ?? 0}`;
}

function atTheEnd(): Row {
  const findings = start === null ? [] : differences(start, takePicture(own));
  const left = readdirSync(ownTmp).filter((name) => name !== 'cache');
  if (left.length > 0) findings.push(`left in its temporary directory: ${left.join(', ')}`);
  return { name: 'at the end', endings: [], findings, wallMs: 0, skipped: null };
}

function nameOf({ ending }: Outcome): string {
  if (ending.kind === 'exited') return `exited ${ending.code}`;
  if (ending.kind === 'timed-out') return `timed-out ${ending.clock}`;
  if (ending.kind === 'crashed') return `crashed ${ending.signal ?? 'trap'}`;
  return ending.kind;
}

function text(output: Outcome['stdout']): string {
  return Buffer.concat([output.head, output.tail]).toString('utf8');
}

function endOf(outcome: Outcome): string {
  return [outcome.stdout, outcome.stderr, ...(outcome.compile === null ? [] : [outcome.compile.stderr])]
    .map((output) => text(output).slice(-1500))
    .join('\n--\n');
}
