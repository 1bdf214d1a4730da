/** The person's view of an index: what was done, what it holds, what was left out. */
import type { IndexOutput } from '../operations/index.ts';
import type { Settings } from '../operations/types.ts';
import { count, grouped, harmless, painter } from '../paint.ts';
import { leftOutText } from './leftout.ts';

/** Files of one sort that are named; JSON has all. */
const mostNamed = 3;

export function indexView(output: IndexOutput, settings: Settings): string {
  const paint = painter(settings);
  const { report, problems, completeness } = output;
  const lines = [`${paint.bold(harmless(output.root))}`];
  const say = (label: string, text: string): number => lines.push(`  ${paint.dim(label.padEnd(9))} ${text}`);
  if (report !== null) say('done', doneText(report));
  if (output.vectors !== null) {
    const { encoder, chunks, elapsedMs } = output.vectors;
    say('meaning', `${count(chunks, 'vector')} by ${harmless(encoder)}, ${(elapsedMs / 1000).toFixed(1)} s`);
  }
  if (problems !== null) {
    say('checked', problems.length === 0 ? paint.green('sound') : paint.red(count(problems.length, 'problem')));
    for (const problem of problems) lines.push(`            ${harmless(problem)}`);
    if (problems.length > 0) lines.push('            `winnow index --rebuild` builds the index anew.');
  }
  if (output.action === 'tidy') say('done', 'tidied');
  if (completeness !== null) {
    const sums = Object.entries(output.languages).sort(([, a], [, b]) => b.lines - a.lines);
    const lineCount = sums.reduce((sum, [, { lines: number }]) => sum + number, 0);
    const bytes = sums.reduce((sum, [, { bytes: number }]) => sum + number, 0);
    say('holds', `${count(completeness.indexedFiles, 'file')}, ${count(lineCount, 'line')}, ${sizeText(bytes)}`);
    const shown = sums.slice(0, 8).map(([name, { files }]) => `${name} ${grouped(files)}`);
    if (shown.length > 0) say('languages', shown.join(', ') + (sums.length > 8 ? ', …' : ''));
    if (completeness.pendingFiles > 0) say('pending', paint.yellow(count(completeness.pendingFiles, 'file')));
    const leftOut = leftOutText(completeness.leftOut);
    if (leftOut !== '') say('left out', leftOut);
    const { brokenNotebooks: broken } = output;
    const named = `${broken.slice(0, mostNamed).map(harmless).join(', ')}${broken.length > mostNamed ? ', …' : ''}`;
    if (broken.length > 0) say('broken', `${count(broken.length, 'notebook')}, read as plain text: ${named}`);
  }
  say('index', output.storeBytes === 0 ? 'none yet' : `${sizeText(output.storeBytes)} in ${harmless(output.storeDir)}`);
  return `${lines.join('\n')}\n`;
}

function doneText(report: NonNullable<IndexOutput['report']>): string {
  const parts = (['added', 'changed', 'removed'] as const)
    .filter((what) => report[what] > 0)
    .map((what) => `${grouped(report[what])} ${what}`);
  if (report.busy) return 'another process is indexing this repository; what it has committed is used';
  if (parts.length === 0) return `nothing to do, ${report.elapsedMs.toFixed(0)} ms`;
  const seconds = report.elapsedMs / 1000;
  const rate = report.bytesParsed / 1e6 / Math.max(seconds, 0.001);
  return `${parts.join(', ')} in ${seconds.toFixed(seconds < 10 ? 2 : 0)} s (${rate.toFixed(1)} MB/s)`;
}

function sizeText(bytes: number): string {
  if (bytes < 1e4) return `${grouped(bytes)} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
