/**
 * Values for what a program lacks, proposed by a language model: partial execution guesses first, the model is asked for what it guessed, and the program runs again with what the model says.
 *
 * A proposal is a guess like any other: it is read as an expression inside the sandbox, a round that contradicts it corrects it, and errors that rest on it are possible ones. What is told is the better of the two
 * runs: the model's when more ran in it, or as much at a lower level. So a model can add to what runs and never takes from it. The program and what it lacks go to the model as data.
 */
import type { Model, Request } from '../model/mod.ts';
import {
  type Fix,
  guessTypes,
  type Injection,
  type Job,
  type PartialOptions,
  type PartialReport,
  type Runner,
  type RunOptions,
  runPartial,
} from '../run/mod.ts';

export interface Proposals {
  readonly model: string;
  /** Places that the model was asked about. */
  readonly asked: number;
  /** Places that it gave a value for. */
  readonly proposed: number;
  /** The report is that of the run with its values. */
  readonly taken: boolean;
  /** Statements that ran without its values, and with them; null: there was no second run. */
  readonly coveredWithout: number;
  readonly coveredWith: number | null;
  /** US dollars; null: no price, or not told. */
  readonly cost: number | null;
}

/** A fix holds for these; what lies outside of the program (modules, files, the network) is not a matter of a value. */
const proposable: ReadonlySet<string> = new Set(['name', 'attribute', 'item', 'call', 'argument']);
/** Of a program with more, the first are asked about: a reply has to hold them all. */
const mostPlaces = 40;
/** A proposal is a value, not a program. */
const longestValue = 500;
const longestProgram = 60_000;

/**
 * As `runPartial`, and with a model's proposals again where the first run left something: statements that did not run, or an error that a guess may have caused.
 *
 * @throws WinnowError as `runPartial` and `Model.ask` do
 */
export async function runPartialAsking(
  job: Job,
  options: PartialOptions,
  runner: Runner,
  model: Model,
  how: RunOptions = {},
): Promise<{ readonly report: PartialReport; readonly proposals: Proposals }> {
  const first = await runPartial(job, options, runner, how);
  const places = first.injections.filter(({ kind }) => proposable.has(kind)).slice(0, mostPlaces);
  const { covered, statements } = first.coverage;
  const isLeft = covered < statements || first.failures.length > 0;
  const nothing = {
    model: model.id,
    asked: 0,
    proposed: 0,
    taken: false,
    coveredWithout: covered,
    coveredWith: null,
    cost: 0,
  };
  if (places.length === 0 || !isLeft) return { report: first, proposals: nothing };
  const signal = how.signal === undefined ? {} : { signal: how.signal };
  const { replies, cost } = await model.ask(requestFor(job, first, places), signal);
  const fixes = fixesIn(replies[0]?.value, places);
  const told = { ...nothing, asked: places.length, proposed: fixes.length, cost };
  if (fixes.length === 0) return { report: first, proposals: told };
  const second = await runPartial(job, { ...options, fixes }, runner, how);
  const ran = second.coverage.covered;
  const taken = ran > covered || (ran === covered && second.level < first.level);
  return {
    report: taken ? second : first,
    proposals: { ...told, taken, coveredWith: ran },
  };
}

const schema = {
  type: 'object',
  properties: {
    values: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          number: { type: 'integer' },
          type: { type: 'string', enum: [...guessTypes] },
          value: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        },
        required: ['number', 'type', 'value'],
        additionalProperties: false,
      },
    },
  },
  required: ['values'],
  additionalProperties: false,
};

function requestFor(job: Job, report: PartialReport, places: readonly Injection[]): Request {
  const files = [...new Set([job.entry, ...places.map(({ path }) => path)])];
  const texts = files.flatMap((path) => {
    const file = job.files.find((one) => one.path === path);
    return file === undefined ? [] : [{ path, text: new TextDecoder().decode(file.bytes) }];
  });
  const missing = places.map(
    ({ path, line, what, kind, type, value }, at) =>
      `${at + 1}. ${path}:${line} ${kind} ${what} (guessed: ${type} ${value})`,
  );
  const failures = report.failures.map(({ line, type, message }) => `line ${line}: ${type}: ${message}`);
  return {
    messages: [
      {
        role: 'user',
        parts: [
          {
            kind: 'instruction',
            text: `A program in ${report.language} lacks some of the values that it works with. For each numbered place say what it would most likely be when the program runs as it is meant to, so that as much of it as possible runs: its type, one of ${guessTypes.join(', ')}, and an expression of ${report.language} without names that are not built in. Where no expression can say it, as for an object of a class of the program, the value is null. Leave out the places that you cannot tell.`,
          },
          ...texts.map(({ path, text }) => ({
            kind: 'data' as const,
            label: `program ${path}`,
            language: report.language,
            text: text.slice(0, longestProgram),
          })),
          { kind: 'data', label: 'what it lacks', text: missing.join('\n') },
          ...(failures.length === 0
            ? []
            : [
                { kind: 'data' as const, label: 'errors with the values that were guessed', text: failures.join('\n') },
              ]),
        ],
      },
    ],
    sampling: { temperature: 0 },
    schema,
  };
}

/** What fits the schema may still name places that were not asked about, or one twice: the first that holds counts. */
function fixesIn(value: unknown, places: readonly Injection[]): Fix[] {
  // Refused by the provider.
  if (value === undefined) return [];
  const { values } = value as { values: readonly { number: number; type: Fix['type']; value: string | null }[] };
  const fixes = new Map<Injection, Fix>();
  for (const one of values) {
    const place = places[one.number - 1];
    if (place === undefined || fixes.has(place) || (one.value ?? '').length > longestValue) continue;
    const { path, line, column, kind, what } = place;
    const said = one.value?.trim() || null;
    fixes.set(place, {
      path,
      line,
      column,
      kind,
      what,
      type: one.type,
      value: said,
      source: 'model',
      why: ['a model proposed it'],
    });
  }
  return [...fixes.values()];
}
