/**
 * A run as a person sees it: the program's own bytes on its own streams, and one line more when there is
 * something to say. Also the tables of what this machine can run.
 */
import type { PartialOutput } from '../operations/run-partial-schemas.ts';
import { bytesOf, type OutcomeOutput, type RunOutput } from '../operations/run-schemas.ts';
import type { Settings, Streams } from '../operations/types.ts';
import { grouped, harmless, type Paint, painter } from '../paint.ts';
import { durationText } from '../units.ts';
import { appliedLines, changeLines, countsText } from './changes.ts';
import { runRiskLines } from './risk.ts';
import { partialLines } from './run-partial.ts';

export function runView(output: RunOutput, settings: Settings): string | Streams {
  if (output.outcome !== null && output.partial !== null)
    return partialStreams(output.outcome, output.partial, settings);
  if (output.outcome === null && output.risk !== null)
    return { stdout: new Uint8Array(0), stderr: new Uint8Array(0), told: riskText(output.risk, settings) };
  if (output.outcome !== null) return outcomeStreams(output.outcome, output, settings);
  return output.checkups === null ? languagesView(output, settings) : doctorView(output, settings);
}

const riskText = (risk: NonNullable<RunOutput['risk']>, settings: Settings): string =>
  runRiskLines(risk, settings)
    .map((line) => `run: ${line}\n`)
    .join('');

function outcomeStreams(outcome: OutcomeOutput, output: RunOutput, settings: Settings): Streams {
  const { compile } = outcome;
  const failed = outcome.ending.kind === 'compile-failed';
  // What a compiler says is about the program, not by it; some say it on standard output.
  const compiler = compile === null ? [] : [...(failed ? [compile.stdout] : []), compile.stderr].map(kept);
  const stderr = Buffer.concat([...compiler, kept(outcome.stderr)]);
  const told = [
    ...tellings(outcome, output).map((line) => `run: ${harmless(line)}\n`),
    ...overLines(output.over, settings).map((line) => `${line}\n`),
  ];
  const stdout = kept(outcome.stdout);
  // On a terminal the line would else stand behind the program's last one, whichever stream that was on.
  const last = (stderr.length > 0 ? stderr : stdout).at(-1);
  const gap = told.length > 0 && last !== undefined && last !== 0x0a ? '\n' : '';
  const risk = output.risk === null ? '' : riskText(output.risk, settings);
  return { stdout, stderr, told: gap + told.join('') + risk };
}

/** The program's own streams, and behind them on standard error what was partial about it. */
function partialStreams(outcome: OutcomeOutput, partial: PartialOutput, settings: Settings): Streams {
  const stdout = kept(outcome.stdout);
  const stderr = kept(outcome.stderr);
  const end = endingText(outcome);
  const lines = [
    ...partialLines(partial, painter(settings), settings.columns),
    ...(end === null ? [] : [`the run that is told: ${harmless(end)} (${outcome.language}, ${outcome.backend})`]),
  ];
  const last = (stderr.length > 0 ? stderr : stdout).at(-1);
  const gap = last !== undefined && last !== 0x0a ? '\n' : '';
  return { stdout, stderr, told: `${gap}${lines.join('\n')}\n` };
}

function kept(stream: OutcomeOutput['stdout']): Buffer {
  return Buffer.concat([bytesOf(stream, 'head'), bytesOf(stream, 'tail')]);
}

/** One line each; none for a plain end with nothing left out. */
function tellings(outcome: OutcomeOutput, { saved, calls }: RunOutput): string[] {
  const lines: string[] = [];
  const end = endingText(outcome);
  if (end !== null) lines.push(`${end} (${outcome.language}, ${outcome.backend})`);
  for (const name of ['stdout', 'stderr'] as const) {
    const { omittedBytes } = outcome[name];
    if (omittedBytes > 0)
      lines.push(
        `${grouped(omittedBytes)} bytes in the middle of ${name} were not kept; --keep-output sets how many are`,
      );
  }
  if (end !== null) lines.push(...outcome.caveats);
  lines.push(...outcome.notices);
  if (calls !== null) lines.push(...callTellings(calls));
  for (const { path, reason } of saved?.skipped ?? []) lines.push(`${path} was not written: ${reason}`);
  return lines;
}

function overLines(over: RunOutput['over'], settings: Settings): string[] {
  if (over === null) return [];
  const { entry, changes, applied } = over;
  const where = harmless(entry.directory);
  if (changes.changes.length === 0 && changes.leftOut.length === 0) return [`run: nothing changed in ${where}`];
  const end =
    applied !== null
      ? appliedLines(applied, entry, settings)
      : [`nothing is changed in ${where} yet: winnow keep ${entry.id}, or winnow undo ${entry.id}`];
  return [
    `run: in ${where}: ${countsText(entry.counts)}`,
    ...changeLines(changes, settings),
    ...end.map((line, at) => (at === 0 ? `run: ${line}` : line)),
  ];
}

/** What a recording lacks. */
function callTellings({ dropped, unreadable, notRecorded }: NonNullable<RunOutput['calls']>): string[] {
  const lines: string[] = [];
  if (dropped > 0) lines.push(`${grouped(dropped)} distinct calls were left out of the recording: there were too many`);
  if (unreadable > 0) lines.push(`${grouped(unreadable)} lines of the recording were no rows: the program wrote them`);
  if (notRecorded.length > 0) lines.push(`not recorded, since it cannot be rewritten: ${notRecorded.join(', ')}`);
  return lines;
}

/** @returns null for exit code 0 */
export function endingText({ ending, usage, compile }: OutcomeOutput): string | null {
  switch (ending.kind) {
    case 'exited':
      return ending.code === 0 ? null : `exit code ${ending.code}`;
    case 'crashed':
      return crashText(ending);
    case 'timed-out': {
      const [what, flag] = ending.clock === 'wall' ? ['elapsed time', '--wall'] : ['CPU time', '--cpu'];
      return `stopped after ${durationText(usage.wallMs)}: no ${what} left; ${flag} sets how much it has`;
    }
    case 'out-of-fuel':
      return 'stopped: no fuel left; --fuel sets how many instructions it has';
    case 'out-of-memory':
      return 'stopped: no memory left; --memory sets how much it has';
    case 'output-limit':
      return `stopped: too much output on ${ending.stream}; --output sets how much it may write`;
    case 'compile-failed':
      return compile === null ? 'it did not compile' : compileText(compile.ending);
  }
}

/** Some reasons name the signal, and once is enough. */
function crashText({ signal, reason }: Extract<OutcomeOutput['ending'], { kind: 'crashed' }>): string {
  return signal === null || reason.includes(signal) ? `crashed: ${reason}` : `crashed by ${signal}: ${reason}`;
}

function compileText(ending: OutcomeOutput['ending']): string {
  if (ending.kind === 'exited') return 'it did not compile';
  return ending.kind === 'crashed' ? `the compiler ${crashText(ending)}` : `the compiler was stopped: ${ending.kind}`;
}

function languagesView({ languages, backends }: RunOutput, settings: Settings): string {
  const paint = painter(settings);
  const rows = (languages ?? []).map(({ name, label }) => ({
    head: `${label === name ? label : `${label}`}`,
    name,
    cells: (backends ?? []).map(({ runtimes }) => runtimes.find(({ language }) => language === name)),
  }));
  const cellText = (runtime: (typeof rows)[number]['cells'][number]): string =>
    runtime === undefined ? '–' : runtime.state === 'ready' ? harmless(runtime.version ?? 'ready') : 'missing';
  const heads = ['', 'name', ...(backends ?? []).map(({ backend }) => backend)];
  const texts = rows.map(({ head, name, cells }) => [head, name, ...cells.map(cellText)]);
  const lines = aligned([heads, ...texts]).map((line, index) => (index === 0 ? paint.bold(line) : line));
  return `${[...lines, ...backendLines(backends, paint), ...missingLines(backends, paint)].join('\n')}\n`;
}

function doctorView({ checkups, languages, backends }: RunOutput, settings: Settings): string {
  const paint = painter(settings);
  const labels = new Map((languages ?? []).map(({ name, label }) => [name, label]));
  const marks = { ok: paint.green('ok'), failed: paint.red('failed'), missing: paint.yellow('missing') };
  const rows = (checkups ?? []).map((row) => [
    row.backend,
    labels.get(row.language) ?? row.language,
    row.state,
    row.wallMs === null ? '' : durationText(row.wallMs),
    harmless(row.version ?? row.detail ?? ''),
  ]);
  const lines = aligned(rows).map((line, index) => {
    const { state } = (checkups ?? [])[index] as NonNullable<typeof checkups>[number];
    return line.replace(` ${state} `, ` ${marks[state]} `);
  });
  for (const [detail, which] of failures(checkups ?? []))
    lines.push('', `${paint.red('failed')}: ${which.join(', ')}: ${harmless(detail)}`);
  return `${[...lines, ...backendLines(backends, paint), ...missingLines(backends, paint)].join('\n')}\n`;
}

/** What went wrong, and where: a full disk fails every language alike, and is told once. */
function failures(checkups: NonNullable<RunOutput['checkups']>): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { backend, language, state, detail } of checkups) {
    if (state !== 'failed') continue;
    // Some name the language in what they say; that alone makes no two failures of one.
    const common = (detail ?? '').replaceAll(new RegExp(`\\b${language}\\b`, 'g'), 'the language');
    found.set(common, [...(found.get(common) ?? []), `${language} on ${backend}`]);
  }
  return found;
}

/** What is to be known of a backend beside its languages. */
function backendLines(backends: RunOutput['backends'], paint: Paint): string[] {
  const lines = (backends ?? []).flatMap(({ backend, state, reason, install, caveats }) => [
    ...(state === 'unavailable'
      ? [`${paint.yellow(backend)} cannot be used: ${harmless(reason ?? '')}${installText(install)}`]
      : []),
    ...caveats.map((caveat) => `${paint.yellow(backend)}: ${harmless(caveat)}`),
  ]);
  return lines.length === 0 ? [] : ['', ...lines];
}

function missingLines(backends: RunOutput['backends'], paint: Paint): string[] {
  const lines = (backends ?? []).flatMap(({ backend, runtimes }) =>
    runtimes
      .filter(({ state }) => state === 'missing')
      .map(
        ({ language, reason, install }) =>
          `${language} on ${backend}: ${harmless(reason ?? 'missing')}${installText(install)}`,
      ),
  );
  return lines.length === 0 ? [] : ['', paint.bold('Missing'), ...lines.map((line) => `  ${line}`)];
}

function installText(install: string | null): string {
  return install === null ? '' : `; to install it: ${install}`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd(),
  );
}
