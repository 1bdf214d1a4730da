/** What a person sees of recorded values, and of how true guessed ones are. */

import type { BenchFidelityOutput } from '../operations/bench-fidelity.ts';
import type { RecordValuesOutput } from '../operations/bench-values.ts';
import type { Settings } from '../operations/types.ts';
import { count, harmless, painter } from '../paint.ts';
import { interval, table } from './bench.ts';

export function recordValuesView(output: RecordValuesOutput, settings: Settings): string {
  const paint = painter(settings);
  const tests = Object.entries(output.tests).map(([state, number]) => `${number} ${state}`);
  const lines = [
    paint.bold(
      `${harmless(output.project)}${output.commit === null ? '' : ` ${output.commit.slice(0, 10)}`}: ${count(output.functions, 'function')} recorded`,
    ),
    paint.dim(
      `${output.runner ?? 'the runner did not start'}; the suite ${output.ending}: ${tests.join(', ') || 'no tests'}`,
    ),
    '',
    ...table(Object.entries(output.sites).map(([kind, number]) => [kind, String(number)])),
    '',
    `${count(output.completed, 'function')} always came to the end; written to ${output.out}`,
  ];
  if (output.unreadable > 0) lines.push(paint.yellow(`${count(output.unreadable, 'row')} could not be read`));
  return `${lines.join('\n')}\n`;
}

type Part = BenchFidelityOutput['parts'][number];
type Figure = { readonly value: number; readonly low: number; readonly high: number } | null;

const figure = (one: Figure | undefined): string => (one === null || one === undefined ? '–' : interval(one));
const share = (one: number | null | undefined): string => (one === null || one === undefined ? '–' : one.toFixed(3));

export function fidelityView(output: BenchFidelityOutput, settings: Settings): string {
  const paint = painter(settings);
  const lines = [
    paint.bold(`${count(output.projects.length, 'project')}, half: ${output.half}, seed ${output.seed}`),
    ...table([
      ['', 'commit', 'half', 'functions', 'sites', 'drawn'],
      ...output.projects.map((one) => [
        harmless(one.project),
        one.commit?.slice(0, 10) ?? '–',
        one.half,
        String(one.functions),
        String(one.sites),
        String(one.drawn),
      ]),
    ]),
  ];
  for (const part of output.parts) lines.push('', ...partLines(part, paint.bold));
  if (output.typeErrors !== null) lines.push('', ...errorLines(output.typeErrors, paint.bold));
  return `${lines.join('\n')}\n`;
}

function partLines(
  { way, level, functions, failed, notRecorded, scores }: Part,
  bold: (text: string) => string,
): string[] {
  const title = bold(
    `${way === 'body' ? 'bodies alone' : 'in their repository'}, level ${level}: ${count(functions, 'function')}`,
  );
  const passed = Object.entries(notRecorded).map(([kind, number]) => `${number} ${kind}`);
  const notes = [
    ...Object.entries(failed).map(([reason, number]) => `  not run: ${number}: ${harmless(reason)}`),
    ...(passed.length === 0 ? [] : [`  injected where nothing was recorded: ${passed.join(', ')}`]),
  ];
  if (scores === null) return [title, '  nothing was injected where something was recorded', ...notes];
  const measures = ['type', 'strict', 'usual', 'truth', 'size'] as const;
  const baselines = ['instance', 'frequent', 'chance', 'names'] as const;
  return [
    `${title}, ${count(scores.values, 'value')} compared`,
    ...table([
      ['', ...measures],
      ['guessed', ...measures.map((one) => figure(scores.measures[one]))],
      ...baselines.map((kind) => [kind, ...measures.map((one) => figure(scores.baselines[kind]?.[one]))]),
    ]),
    '',
    ...table([
      ['type, by kind', 'values', 'guessed', ...baselines],
      ...Object.entries(scores.kinds).map(([kind, one]) => [
        kind,
        String(one.values),
        figure(one.type),
        ...baselines.map((baseline) => share(one.baselines[baseline])),
      ]),
    ]),
    '',
    ...table([
      ['type, by source', 'values', 'guessed'],
      ...Object.entries(scores.sources).map(([source, one]) => [source, String(one.values), share(one.type)]),
    ]),
    ...notes,
  ];
}

function errorLines(errors: NonNullable<BenchFidelityOutput['typeErrors']>, bold: (text: string) => string): string[] {
  const rows = [
    ['a genuine error', errors.genuine],
    ['a genuine TypeError', errors.genuineTypeError],
    ['any TypeError', errors.anyTypeError],
  ] as const;
  return [
    bold(
      `type errors: ${count(errors.withError, 'snippet')} with one, ${errors.without} without, level ${errors.level}`,
    ),
    ...table([
      ['reported', 'with', 'without', 'precision', 'recall'],
      ...rows.map(([label, one]) => [
        label,
        String(one.reported.withError),
        String(one.reported.without),
        figure(one.precision),
        figure(one.recall),
      ]),
    ]),
  ];
}
