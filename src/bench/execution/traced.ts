/**
 * One run of a program, traced: the code as it stands, so that its lines keep their numbers, and beside it a small program that calls it and
 * writes down what came out.
 *
 * The one beside it is not looked into. What it writes is the run's own word and nothing more: a program that forges it gives another
 * question, and harms nobody. Predictions run in the same way, as arguments that were read as literals and written anew.
 */
import { loadGrammarFile } from '../../index/mod.ts';
import { type BackendChoice, type Job, type Outcome, type Runner, type Trace, traceRun } from '../../run/mod.ts';
import { type Literal, readLiteral } from './literal.ts';
import type { Program, Start } from './programs.ts';

export const codeFile = 'program.py';
const startFile = 'winnow_start.py';
const resultFile = 'winnow-result.json';

/** How the run ended, for a question. */
export type Came =
  /** `literal` null: it came out as something that no literal says. */
  | { readonly kind: 'value'; readonly text: string; readonly literal: Literal | null }
  | { readonly kind: 'raised'; readonly type: string }
  /** Of a program: what it printed. */
  | { readonly kind: 'printed'; readonly text: string };

export interface Signature {
  /** As Python writes it: `(numbers: list, threshold: float) -> bool`. */
  readonly text: string;
  /** Empty where there is none. */
  readonly doc: string;
}

export interface Ran {
  readonly came: Came;
  readonly signature: Signature | null;
}

export interface RunHow {
  readonly runner: Runner;
  readonly backend: BackendChoice;
  readonly signal: AbortSignal | undefined;
  /** ms of elapsed time that a run may take. */
  readonly wallMs: number;
}

/**
 * Enough for nearly every run to be whole: of REval's 353 the longest has 25,410 events; one of the other
 * inputs has a line that runs more than 20,000 times. Longer runs are asked only what a part of the trace knows as well.
 */
const limits = { events: 200_000, firstHits: 20_000, lastHits: 0, items: 2_000, text: 20_000, depth: 16 };

/** @returns the reason when nothing can be asked of this run */
export async function traced(
  program: Program,
  start: Start,
  how: RunHow,
): Promise<{ readonly trace: Trace; readonly ran: Ran } | { readonly reason: string }> {
  const options = { level: 'values' as const, limits, files: [codeFile] };
  const { outcome, traces } = await traceRun(
    how.runner,
    jobOf(program, start, how),
    options,
    loadGrammarFile,
    runOptions(how),
  );
  const ran = ranOf(outcome, start);
  if ('reason' in ran) return ran;
  const [trace] = traces;
  return trace === undefined ? { reason: 'nothing was recorded' } : { trace, ran };
}

/** Without a trace. @returns as `traced` */
export async function ranWith(program: Program, start: Start, how: RunHow): Promise<Ran | { readonly reason: string }> {
  return ranOf(await how.runner.run(jobOf(program, start, how), runOptions(how)), start);
}

const runOptions = ({ backend, signal }: RunHow) => ({ backend, ...(signal === undefined ? {} : { signal }) });

/** The run as a job, without a trace. */
export function jobOf(program: Program, start: Start, { wallMs }: RunHow): Job {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const code = { path: codeFile, bytes: encode(program.code) };
  const limits = { wallMs, cpuMs: wallMs };
  if (start.kind === 'whole') return { language: 'python', files: [code], entry: codeFile, limits };
  const beside = start.kind === 'call' ? callText(program.entry as string, start.source) : afterText(start.source);
  return { language: 'python', files: [code, { path: startFile, bytes: encode(beside) }], entry: startFile, limits };
}

/**
 * The program's names are there for arguments, and must not stand in the way: none begins as ours do. `inspect` is imported after the run, so that the program
 * finds what it would find alone.
 */
const opening = `from program import *
import builtins as _winnow_builtins, json as _winnow_json, program as _winnow_program
_winnow_said = {}
`;
const closing = `with _winnow_builtins.open('${resultFile}', 'w') as _winnow_file:
    _winnow_json.dump(_winnow_said, _winnow_file)
`;

const callText = (entry: string, source: string): string => `${opening}_winnow_found = _winnow_program.${entry}
try:
    _winnow_value = _winnow_found(${source}
    )
except _winnow_builtins.Exception as error:
    _winnow_said['raised'] = _winnow_builtins.type(error).__name__
else:
    try:
        _winnow_said['value'] = _winnow_builtins.repr(_winnow_value)
    except _winnow_builtins.Exception:
        pass
try:
    import inspect as _winnow_inspect
    _winnow_said['signature'] = _winnow_builtins.str(_winnow_inspect.signature(_winnow_found))
    _winnow_said['doc'] = _winnow_inspect.getdoc(_winnow_found) or ''
except _winnow_builtins.Exception:
    pass
${closing}`;

const afterText = (source: string): string => `${opening}try:
    _winnow_builtins.exec(_winnow_builtins.compile(${JSON.stringify(source)}, 'after', 'exec'), _winnow_builtins.dict(_winnow_builtins.vars(_winnow_program)))
    _winnow_said['value'] = 'None'
except _winnow_builtins.Exception as error:
    _winnow_said['raised'] = _winnow_builtins.type(error).__name__
${closing}`;

function ranOf(outcome: Outcome, start: Start): Ran | { readonly reason: string } {
  const { ending } = outcome;
  if (ending.kind !== 'exited') return { reason: `the run ended otherwise: ${ending.kind}` };
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  if (start.kind === 'whole') {
    const type =
      ending.code === 0 ? null : (/^([A-Za-z_][\w.]*)(?::|$)/.exec(lastLine(decode(outcome.stderr.head)))?.[1] ?? null);
    if (type !== null) return { came: { kind: 'raised', type }, signature: null };
    const { head, tail, omittedBytes } = outcome.stdout;
    if (omittedBytes > 0) return { reason: 'it printed more than is kept' };
    return { came: { kind: 'printed', text: decode(Buffer.concat([head, tail])) }, signature: null };
  }
  const file = outcome.files.find(({ path }) => path === resultFile);
  const said = file !== undefined && 'bytes' in file ? parsed(decode(file.bytes)) : null;
  if (said === null) return { reason: `it does not run: ${lastLine(decode(outcome.stderr.head))}` };
  const { value, raised, signature, doc } = said;
  const about = typeof signature === 'string' ? { text: signature, doc: typeof doc === 'string' ? doc : '' } : null;
  if (typeof raised === 'string') return { came: { kind: 'raised', type: raised }, signature: about };
  if (typeof value !== 'string') return { reason: 'it says nothing of what came out' };
  return { came: { kind: 'value', text: value, literal: readLiteral(value) }, signature: about };
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
