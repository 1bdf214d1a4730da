/**
 * The native backend: the tools of this machine, inside the sandbox.
 *
 * A job becomes a plan by its language's recipe, a plan becomes one or two executions: the compile step, whose
 * artefact is kept by content, and the program. Each has its own sandbox, limits and outcome, so a compiler that is
 * turned against its host is held like any program, and nothing but the artefact passes from one to the other.
 *
 * Nothing is compiled or started outside the sandbox. What the sandbox cannot do here (`availability`) is not
 * made up for: a job then fails with `backend-unavailable`.
 */
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type {
  Availability,
  Backend,
  CheckedJob,
  CompileReport,
  Outcome,
  Output,
  RunSettings,
  Runtime,
  Usage,
} from '../types.ts';
import { type Artefact, type Artefacts, artefactKey, openArtefacts } from './artefacts.ts';
import { Once } from './artefactsonce.ts';
import { PreparedDirectories } from './artefactsprepared.ts';
import { counted, countedCaveat, countOf, valgrind, whyNotCounted } from './callgrind.ts';
import { type Context, executionOf, forNoJob, overDirectory } from './executions.ts';
import { openSandbox } from './opensandbox.ts';
import { built, type FoundTool, type Plan, type Recipe, type Step, workDir } from './recipe.ts';
import { recipes } from './recipes/table.ts';
import type { Execution, ExecutionResult, Sandbox } from './sandbox.ts';
import { installCommand, Toolchains, toolchainMissing } from './toolchains.ts';

/** Starts nothing and throws nothing: a machine without a sandbox says so by `availability`. */
export function openNativeBackend(settings: RunSettings): Backend {
  return new NativeBackend(settings);
}

const nothing: Output = { head: new Uint8Array(0), tail: new Uint8Array(0), omittedBytes: 0 };
const unused: Usage = { wallMs: 0, cpuMs: 0, peakMemoryBytes: 0, instructions: null, countUnit: null };

class NativeBackend implements Backend {
  readonly name = 'native';
  readonly #settings: RunSettings;
  readonly #sandbox: Sandbox;
  readonly #toolchains: Toolchains;
  readonly #artefacts: Artefacts;
  readonly #prepared: PreparedDirectories;
  readonly #compilations = new Once<Compiled>();

  constructor(settings: RunSettings) {
    const { cacheDir, path } = settings;
    const place = (name: string): string | null => (cacheDir === null ? null : join(cacheDir, name));
    this.#settings = settings;
    this.#sandbox = openSandbox(settings);
    this.#toolchains = new Toolchains(this.#sandbox, path, cacheDir);
    this.#artefacts = openArtefacts(place('artefacts'));
    this.#prepared = new PreparedDirectories(this.#sandbox, place('prepared'));
  }

  availability(): Promise<Availability> {
    return this.#sandbox.availability();
  }

  expect({ grants, over }: CheckedJob): void {
    this.#sandbox.expect({ ...grants, ...(over === undefined ? {} : { over }) });
  }

  async runtimes(): Promise<readonly Runtime[]> {
    const availability = await this.availability();
    if (availability.state === 'unavailable')
      return recipes.map(({ language }) => missing(language, availability.reason, availability.install));
    const counter = await this.#toolchains.of({ tools: [valgrind] });
    return Promise.all(
      recipes.map(async (recipe): Promise<Runtime> => {
        const { language, tools, counts } = recipe;
        const toolchain = await this.#toolchains.of(recipe);
        if (toolchain.missing !== null) {
          const { tool, reason } = toolchain.missing;
          return missing(language, `${tool.name}: ${reason}`, installCommand(tool.packages, this.#settings.path));
        }
        const label = tools[0]?.label ?? '';
        return {
          backend: 'native',
          language,
          state: 'ready',
          version: `${label} ${toolchain.tools.get(tools[0]?.name ?? '')?.version}`,
          reason: null,
          install: null,
          counts: counts && counter.missing === null ? 'machine' : null,
        };
      }),
    );
  }

  async run(job: CheckedJob, signal?: AbortSignal): Promise<Outcome> {
    const recipe = recipeFor(job);
    try {
      return await this.#run(recipe, job, signal);
    } catch (error) {
      if (!(error instanceof WinnowError) || error.code !== 'sandbox-failed') throw error;
      // A trial costs 60 ms, so it is made only when something is wrong: perhaps no sandbox works here at all.
      const availability = await this.availability();
      if (availability.state === 'ready') throw error;
      const advice = availability.install === null ? '' : ` To install: ${availability.install}`;
      const message = `The native backend cannot be used here: ${availability.reason}.${advice}`;
      throw new WinnowError('backend-unavailable', message, { details: { ...availability }, cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#sandbox.close();
    this.#prepared.close();
  }

  async #run(recipe: Recipe, job: CheckedJob, signal: AbortSignal | undefined): Promise<Outcome> {
    const tools = await this.#toolsOf(recipe.language, recipe);
    const counter = job.count && recipe.counts ? await this.#toolsOf('counting', { tools: [valgrind] }) : null;
    const plan = recipe.plan(job, (name) => toolNamed(tools, name));
    const context = { job, recipe, plan, tools, signal };
    const compiled = plan.compile === null ? null : await this.#compile(context, plan.compile);
    if (compiled !== null && compiled.artefact === null)
      return outcomeOf(context, compiled.report, null, compiled.caveats);

    const files = [...plan.files, ...(job.data ?? []), ...(compiled?.artefact?.files ?? [])];
    const execution = overDirectory(executionOf(context, plan.run, files, job.limits), context);
    let result: ExecutionResult;
    try {
      result = await this.#sandbox.execute(execution, signal);
    } catch (error) {
      const why = compiled === null ? null : whyNoProgram(error, plan);
      if (compiled === null || why === null) throw error;
      return outcomeOf(context, compiled.report, null, [...compiled.caveats, why]);
    }
    if (!job.count) return outcomeOf(context, compiled?.report ?? null, result, []);
    const count =
      counter === null
        ? {
            result,
            why: `instructions of ${recipe.language} are not counted: its runtime makes or schedules code by the clock`,
          }
        : await this.#count(execution, result, toolNamed(counter, valgrind.name), signal);
    return outcomeOf(context, compiled?.report ?? null, count.result, [count.why]);
  }

  async #toolsOf(wanting: string, needs: Pick<Recipe, 'tools'>): Promise<ReadonlyMap<string, FoundTool>> {
    const toolchain = await this.#toolchains.of(needs);
    if (toolchain.missing !== null) throw toolchainMissing(wanting, toolchain.missing, this.#settings.path);
    return toolchain.tools;
  }

  /** @returns the first run's result, with its count where one can be had, and what is to be said of that */
  async #count(
    execution: Execution,
    result: ExecutionResult,
    tool: FoundTool,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly result: ExecutionResult; readonly why: string }> {
    const refused = whyNotCounted(result.ending, execution.network);
    if (refused !== null) return { result, why: refused };
    const { execution: slow, prefix } = counted(execution, tool);
    const { instructions, why } = countOf(result, await this.#sandbox.execute(slow, signal), prefix);
    if (instructions === null) return { result, why };
    return {
      result: { ...result, usage: { ...result.usage, instructions, countUnit: 'machine' } },
      why: countedCaveat,
    };
  }

  async #compile(context: Context, step: Step): Promise<Compiled> {
    const { job, plan, tools, signal } = context;
    const base = executionOf(context, step, plan.files, job.compileLimits);
    const identities = [...tools.values()].map(({ identity }) => identity);
    // What lies in a granted directory or comes over the network no key covers: it changes under the same name.
    if (job.grants.read.length > 0 || job.grants.network) return this.#compileNow(context, base, identities);
    const key = artefactKey([
      JSON.stringify([job.language, identities, base.argv, base.env]),
      ...plan.files.flatMap(({ path, bytes, mode }) => [`${mode ?? 0o644} ${path}`, bytes]),
    ]);
    const kept = this.#artefacts.get(key);
    if (kept !== null) return { artefact: kept, report: { ...kept.report, cached: true }, caveats: [] };
    const together = `${key} ${JSON.stringify(job.compileLimits)}`;
    return this.#compilations.get(
      together,
      async () => {
        const compiled = await this.#compileNow(context, base, identities);
        if (compiled.artefact !== null) this.#artefacts.put(key, compiled.artefact);
        return compiled;
      },
      signal,
    );
  }

  async #compileNow(context: Context, base: Execution, identities: readonly string[]): Promise<Compiled> {
    const { plan, recipe, tools, signal } = context;
    let execution: Execution = { ...base, stdin: new Uint8Array(0) };
    if (plan.prepared !== undefined) {
      const { variable, preparation } = plan.prepared;
      const directory = await this.#prepared.at(preparation, identities.join('\n'), forNoJob(recipe, tools));
      execution = {
        ...execution,
        env: { [variable]: directory, ...execution.env },
        read: [...execution.read, directory],
      };
    }
    const { ending, stdout, stderr, usage, files, caveats } = await this.#sandbox.execute(execution, signal);
    const report: CompileReport = { ending, stdout, stderr, usage, cached: false };
    const made = files.filter(({ path }) => isBuilt(path));
    const whole = made.filter((file) => 'bytes' in file);
    if (ending.kind === 'exited' && ending.code === 0 && whole.length > 0 && whole.length === made.length)
      return {
        artefact: { report, files: whole.map(({ path, bytes, mode }) => ({ path, bytes, mode })) },
        report,
        caveats,
      };
    const lost = made.flatMap((file) =>
      file.change === 'left-out' ? [`compiled, but ${file.path}: ${file.reason}`] : [],
    );
    return { artefact: null, report, caveats: [...caveats, ...lost] };
  }
}

interface Compiled {
  /** null: the step made no program. */
  readonly artefact: Artefact | null;
  readonly report: CompileReport;
  readonly caveats: readonly string[];
}

function recipeFor(job: CheckedJob): Recipe {
  const recipe = recipes.find(({ language }) => language === job.language);
  if (recipe === undefined)
    throw new WinnowError('unsupported-job', `The native backend does not run ${job.language}.`, {
      details: { language: job.language },
    });
  if (job.limits.fuel !== null || job.compileLimits.fuel !== null)
    throw new WinnowError(
      'unsupported-job',
      'The native backend cannot limit fuel; the embedded one can (--backend embedded).',
    );
  if ([...job.files, ...(job.data ?? [])].some(({ path }) => isBuilt(path)))
    throw new WinnowError(
      'bad-job',
      `A file is called ${built}, a name that the native backend needs for itself; rename it.`,
    );
  return recipe;
}

const isBuilt = (path: string): boolean => path === built || path.startsWith(`${built}/`);

/** Errors of execve(2) that are about the file: a library, an object file, another system's program, one whose loader is not there. */
const notExecutable = new Set('EACCES EINVAL EIO EISDIR ELIBBAD ELOOP ENOENT ENOEXEC ENOMEM ENOTDIR EPERM'.split(' '));

/** @returns why what a compile step made, as the job told it to, is no program; null when the error is another one */
function whyNoProgram(error: unknown, plan: Plan): string | null {
  const name = error instanceof WinnowError ? error.details.unstarted : undefined;
  if (typeof name !== 'string' || !notExecutable.has(name) || plan.run.argv[0] !== `${workDir}/${built}`) return null;
  return `compiled, but the kernel does not execute what was made (${name}); is it a program for this machine, with a main?`;
}

function toolNamed(tools: ReadonlyMap<string, FoundTool>, name: string): FoundTool {
  const found = tools.get(name);
  if (found === undefined) throw new Error(`a recipe asks for ${name}, which it does not list`);
  return found;
}

function outcomeOf(
  { job, recipe, plan }: Context,
  compile: CompileReport | null,
  result: ExecutionResult | null,
  caveats: readonly string[],
): Outcome {
  const isWarm = plan.run.warm !== undefined && !job.count;
  return {
    backend: 'native',
    language: job.language,
    ending: result?.ending ?? { kind: 'compile-failed' },
    stdout: result?.stdout ?? nothing,
    stderr: result?.stderr ?? nothing,
    usage: result?.usage ?? unused,
    compile,
    files: (result?.files ?? []).filter(({ path }) => !isBuilt(path)),
    ...(result?.witnessed ? { witnessed: result.witnessed } : {}),
    unpinned: ['clock', 'entropy', ...(isWarm ? [] : recipe.unpinned)],
    caveats: [...(result?.caveats ?? []), ...caveats],
    notices: [],
  };
}

const missing = (language: string, reason: string, install: string | null): Runtime => ({
  backend: 'native',
  language,
  state: 'missing',
  version: null,
  reason,
  install,
  counts: null,
});
