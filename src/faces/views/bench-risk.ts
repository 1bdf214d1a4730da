/** What is recognised and contained, as a person sees it. */
import { basename } from 'node:path';
import type { BenchRiskOutput } from '../operations/bench-risk.ts';
import type { Settings } from '../operations/types.ts';
import { harmless, painter } from '../paint.ts';
import { table } from './bench.ts';

type Figure = BenchRiskOutput['scores'][number]['recognised'];

const percent = (figure: Figure | null): string =>
  figure === null
    ? '–'
    : `${(100 * figure.share).toFixed(1)} [${(100 * figure.interval[0]).toFixed(1)}, ${(100 * figure.interval[1]).toFixed(1)}]`;

export function riskBenchView(output: BenchRiskOutput, settings: Settings): string {
  const paint = painter(settings);
  const lines: string[] = [];
  if (output.scores.length > 0)
    lines.push(
      paint.bold(`Percent of dangerous programs, half: ${output.half}`),
      ...table([
        ['', 'programs', 'recognised', 'contained', 'both'],
        ...output.scores.map((one) => [
          one.name,
          `${one.programs}`,
          percent(one.recognised),
          percent(one.contained),
          percent(one.both),
        ]),
      ]),
      '',
      ...table([
        ['scenario', 'programs', 'recognised', 'contained', 'found'],
        ...output.scenarios.map((one) => [
          `${one.scenario} ${one.name}`,
          `${one.programs}`,
          percent(one.recognised),
          percent(one.contained),
          one.categories.slice(0, 3).join(' '),
        ]),
      ]),
      '',
    );
  if (output.scores[0]?.contained != null)
    lines.push(
      `${output.cutShort} ended because a package is not there. Listeners waited at ${output.ports} ports.`,
      `Seen while running: ${output.seen.foretold} categories that were foretold, ${output.seen.notForetold} that were not.`,
      ...output.breaches.map(({ id, what }) => paint.red(`${harmless(id)}: ${harmless(what)}`)),
      '',
    );
  if (output.clean.length > 0)
    lines.push(
      paint.bold('Percent of harmless programs with an alarm'),
      ...table([
        ['', 'programs', 'alarms', 'which'],
        ...output.clean.map((one) => [
          harmless(basename(one.file)),
          `${one.programs}`,
          percent(one.alarms),
          one.ids.slice(0, 8).join(' '),
        ]),
      ]),
    );
  return `${lines.join('\n').trimEnd()}\n`;
}
