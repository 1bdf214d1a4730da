/**
 * The tracer of JavaScript and TypeScript: sources are rewritten statement by statement, and report to a module beside the program.
 *
 * The rewriting is `code`'s (`instrument/trace-ecmascript.ts`); the module is `runtime.cjs`, and the same on Node and QuickJS. A source that
 * does not parse is left as it is, and runs, or fails, as it would have; of the program's own file what stands before the mistake is run instead, and a note says so.
 */
import {
  createTraceInstrumenter,
  type LoadFile,
  newTables,
  placesOfText,
  type TraceInstrumenter,
} from '../../../code/mod.ts';
import { workDir } from '../../native/recipe.ts';
import type { Job, JobFile } from '../../types.ts';
import { type TracePlan, type Tracer, type TracingJob, traceDirectory, tracerFile } from '../tracejob.ts';
import { type TraceNote, traceLevels } from '../types.ts';
import { beforeMistake, withoutTypes } from './mistakes.ts';
import { ModuleForms } from './moduleform.ts';
import { sizesOf, toOriginals } from './originals.ts';
import { type Original, SourceMaps } from './sourcemaps.ts';

const parts = ['runtime.cjs', 'runtime.mjs', 'counts.cjs', 'texts.cjs', 'values.cjs', 'writer.cjs', 'watch.cjs'];

let instrumenter: Promise<TraceInstrumenter> | null = null;

const ecmascriptTracer = (language: string, extensions: readonly string[]): Tracer => ({
  needsTotals: true,
  extensions,
  levels: traceLevels,
  prepare: (job, plan, load) => rewrittenJob(job, plan, load, language, workDir),
});

export const javascriptTracer = ecmascriptTracer('JavaScript', ['.js', '.mjs', '.cjs']);
export const typescriptTracer = ecmascriptTracer('TypeScript', ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']);

/** @param root the directory in which the job will run, absolute */
export async function rewrittenJob(
  job: Job,
  plan: TracePlan,
  load: LoadFile,
  language: string,
  root: string,
): Promise<TracingJob> {
  instrumenter ??= createTraceInstrumenter(load);
  const { trace } = await instrumenter;
  const tables = newTables();
  const forms = new ModuleForms(job.files);
  const maps = new SourceMaps(job.files);
  const originals = new Map<string, Original>();
  const left: { path: string; reason: string }[] = [];
  const notes: (readonly [about: TraceNote, text: string])[] = [];
  const named = language === 'TypeScript' ? '.ts' : '.js';
  const files: JobFile[] = [];
  for (const file of job.files) {
    if (!plan.files.includes(file.path) || /\.d\.[cm]?ts$/.test(file.path)) {
      files.push(file);
      continue;
    }
    const path = /\.[cm]?[jt]s$/.test(file.path) ? file.path : `${file.path}${named}`;
    const form = (saysSo: boolean): { isModule: boolean; runtime: string } => {
      const isModule = forms.isModule(file.path, saysSo);
      return { isModule, runtime: `${root}/${traceDirectory}/runtime.${isModule ? 'mjs' : 'cjs'}` };
    };
    const text = new TextDecoder().decode(file.bytes);
    const before = Object.values(tables).map((rows: unknown[]) => [rows, rows.length] as const);
    const sizes = sizesOf(tables);
    const map = path.endsWith('js') ? maps.of(file.path, text) : null;
    const placeOf = map === null || typeof map === 'string' ? {} : { placeOf: map.placeOf };
    // What is put behind a statement would otherwise stand before a type that ends it: `f() as T`.
    const bare = (source: string): Uint8Array =>
      new TextEncoder().encode((/\.[cm]?ts$/.test(path) ? withoutTypes(source) : undefined) ?? source);
    const whole = { path: file.path, classifyAs: path, level: plan.level, form, ...placeOf };
    let found = await trace(whole, bare(text), tables);
    const broken = found?.sure === false && file.path === job.entry ? beforeMistake(text) : null;
    if (broken !== null) {
      for (const [rows, length] of before) rows.length = length;
      // It ends as it would have, only later.
      const rest = `${broken.text}throw new SyntaxError(${JSON.stringify(broken.problem)});\n`;
      found = await trace(whole, bare(rest), tables);
      notes.push(['syntax', `${broken.problem}; what stands before line ${broken.line} ran`]);
    }
    if (found === null || !found.sure) {
      left.push({
        path: file.path,
        reason: found === null ? 'it cannot be read' : 'its syntax is wrong, or not known',
      });
      files.push(file);
      for (const [rows, length] of before) rows.length = length;
      continue;
    }
    if (typeof map === 'string') notes.push(['tracer', map]);
    else if (map !== null) {
      toOriginals(tables, sizes, file.path, map);
      for (const one of map.originals) originals.set(one.path, one);
    }
    for (const place of found.makesCode) {
      const original = typeof map === 'string' ? undefined : map?.originals[Math.floor(place / placesOfText) - 1];
      const where = `${original?.path ?? file.path}:${place % placesOfText}`;
      notes.push(['tracer', `code made out of text at ${where} is not told`]);
    }
    files.push({ ...file, bytes: new TextEncoder().encode(found.text) });
  }
  // Loading that module takes 10 ms of a program that has no need of it.
  const startsProcesses = job.files.some(({ bytes }) => Buffer.from(bytes).includes('child_process'));
  const told = new Set(tables.codes.map(([file]) => file));
  const table = { ...tables, files: [...told], notes, startsProcesses, plan: { ...plan, language } };
  const own = await Promise.all(parts.map((name) => tracerFile(`ecmascript/${name}`)));
  const bytes = new TextEncoder().encode(JSON.stringify(table));
  const sources = [...originals.values()].filter(({ path }) => told.has(path));
  const all = [...files, ...own, { path: `${traceDirectory}/tables.json`, bytes }];
  return { job: { ...job, files: all }, left, sources };
}
