/**
 * Records which function calls which while a job runs.
 *
 * The idea: a job becomes another job that says what it does, and runs in the sandbox like any other. For Python a module that Python
 * loads at its start lies beside the program; JavaScript and TypeScript are rewritten file by file and load a module that they report
 * to. Both write rows into a directory of the work directory, which come back with the files that the run changed, and are read as what they are: words of a
 * program, bounded and checked, never trusted. A program can forge its recording; it cannot do more with it than that.
 *
 * Only files of the job are recorded, not packages that it may read. Programs on the embedded backend are not recorded.
 */
import { stripTypeScriptTypes } from 'node:module';
import { WinnowError } from '../../base/mod.ts';
import { type CallInstrumenter, createCallInstrumenter, type LoadFile } from '../../code/mod.ts';
import { runLanguage } from '../languages.ts';
import { keepClear, ownFile, withoutOwn } from '../owndirectory.ts';
import type { Job, JobFile, Outcome } from '../types.ts';
import { type CallRows, readCallRows } from './rows.ts';

/** Where rows are written, below the work directory; no file of a job may be in it. */
const directory = '.winnow-calls';
/** The work directory of the native backend (`native/recipe.ts`). */
const place = `/work/${directory}`;

export interface RecordingJob {
  readonly job: Job;
  /** Files of JavaScript or TypeScript that could not be rewritten: their functions are not recorded. */
  readonly left: readonly string[];
}

export interface Recorded extends CallRows {
  /** The outcome without what was recorded. */
  readonly outcome: Outcome;
}

/** How a language's programs are recorded: by what lies beside them, and by rewriting. Shells start either. */
const recorded: Readonly<Record<string, { readonly python: boolean; readonly ecmascript: boolean }>> = {
  python: { python: true, ecmascript: false },
  javascript: { python: false, ecmascript: true },
  typescript: { python: false, ecmascript: true },
  bash: { python: true, ecmascript: true },
};

/**
 * @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name
 * @throws WinnowError `unsupported-job` when the language's calls cannot be recorded, `bad-job` when a file of the job stands in the way,
 *   `unknown-language`
 */
export async function recordCalls(job: Job, load: LoadFile): Promise<RecordingJob> {
  const { name, label } = runLanguage(job.language);
  const ways = recorded[name];
  if (ways === undefined)
    throw new WinnowError(
      'unsupported-job',
      `Calls can be recorded in ${Object.keys(recorded).join(', ')}; this program is ${label}. Run it without recording.`,
      { details: { language: name } },
    );
  keepClear(job.files, directory, 'calls are recorded');
  const { files, left } = ways.ecmascript ? await rewritten(job.files, load) : { files: job.files, left: [] };
  const env = { ...job.env };
  const beside: JobFile[] = [];
  if (ways.ecmascript) beside.push(await own('javascript/runtime.cjs'));
  if (ways.python) {
    beside.push(await own('python/sitecustomize.py'));
    env.PYTHONPATH = env.PYTHONPATH === undefined ? place : `${place}:${env.PYTHONPATH}`;
    env.WINNOW_CALLS_ROOT = '/work';
    env.WINNOW_CALLS_OUT = place;
  }
  return { job: { ...job, files: [...files, ...beside], env }, left };
}

/** Takes what was recorded out of an outcome. */
export function takeCalls(outcome: Outcome): Recorded {
  const written = outcome.files.flatMap((file) =>
    file.path.startsWith(`${directory}/`) && file.path.endsWith('.jsonl') && 'bytes' in file ? [file.bytes] : [],
  );
  return { ...readCallRows(written), outcome: withoutOwn(outcome, directory) };
}

const own = (name: string): Promise<JobFile> => ownFile(new URL(name, import.meta.url), directory);

let instrumenter: Promise<CallInstrumenter> | null = null;

async function rewritten(given: readonly JobFile[], load: LoadFile): Promise<{ files: JobFile[]; left: string[] }> {
  instrumenter ??= createCallInstrumenter(load);
  const files: JobFile[] = [];
  const left: string[] = [];
  for (const file of given) {
    const bytes = await rewrittenSource(await instrumenter, file.path, file.bytes, `${place}/runtime.cjs`);
    files.push(bytes === null ? file : { ...file, bytes });
    if (bytes === null && /\.[cm]?[jt]sx?$/.test(file.path) && !/\.d\.[cm]?ts$/.test(file.path)) left.push(file.path);
  }
  return { files, left };
}

/**
 * A source that reports its calls.
 *
 * @param runtime absolute path of `runtime.cjs` as the program sees it
 * @returns null when it is none, or would be no program any more
 */
export async function rewrittenSource(
  instrumenter: CallInstrumenter,
  path: string,
  bytes: Uint8Array,
  runtime: string,
): Promise<Uint8Array | null> {
  const found = await instrumenter.instrument(path, bytes, runtime);
  if (found === null || found.sure) return found?.bytes ?? null;
  const text = new TextDecoder().decode(bytes);
  const plain = stripped(text, 'strip');
  const again = plain === null ? found : ((await instrumenter.instrument(path, bytes, runtime, plain)) ?? found);
  const isProgram = again.sure || stripped(new TextDecoder().decode(again.bytes), 'transform') !== null;
  return isProgram ? again.bytes : null;
}

/** Without its types; null when it is no program, or not one of that kind. */
function stripped(text: string, mode: 'strip' | 'transform'): string | null {
  try {
    return stripTypeScriptTypes(text, { mode });
  } catch {
    return null;
  }
}
