/** `winnow run FILE`: a program in a sandbox; also what this machine can run, and whether it does. */
import { constants } from 'node:os';
import { resolve } from 'node:path';
import {
  type Ending,
  type Job,
  type Offer,
  openRunner,
  type Runner,
  runLanguages,
  type Saved,
  saveFiles,
} from '../../run/mod.ts';
import { runView } from '../views/run.ts';
import { modelLabels } from './model-flags.ts';
import { type CarriedOut, carryOut } from './run-calls.ts';
import { askAbout, checkIn, directoryOf, runIn } from './run-in.ts';
import { badUsage, type Given, runInput as input, jobLabels, jobOf } from './run-input.ts';
import { partialJobOf, runPartially } from './run-partial.ts';
import type { Policed } from './run-policy.ts';
import { outcomeOutput, output, type RunOutput } from './run-schemas.ts';
import type { Context, Operation } from './types.ts';

export const run: Operation<typeof input, typeof output> = {
  name: 'run',
  summary: 'a program in a sandbox, in any of many languages, with limits',
  description: `Runs a program with nothing of this machine but what is named: no network, no environment, no files but its own in a work directory that is gone afterwards. Its output comes out as it wrote it, on the same streams; a line on standard error says how it ended when that was not with code 0. On a terminal control characters are made harmless.

There are two backends. Native uses the compilers and interpreters of this machine inside bubblewrap, on Linux. Embedded brings its own interpreters as WebAssembly, needs nothing installed, and counts instructions. Random numbers, hash order, clock, locale and time zone are held still where the backend can; --json says what could not be.

With --in the program works on a directory of yours, found at its own path as its current directory, through an overlay: what it changes is shown as a diff, then kept, dropped, or left to wait. docs/undo.md tells what that promises.

With --partial what is missing is guessed from how it is used: docs/partial.md tells how, and what genuine and possible errors are.

Exit code 0: the program ended with 0. 1: it ended in any other way, which is an answer. 2 and 3 mean that it was not run. docs/running.md tells what is isolated, what is not, and how limits work.`,
  examples: [
    {
      command: 'winnow run solution.py --stdin input.txt',
      does: 'a Python program that reads a file as its standard input',
    },
    {
      command: 'winnow run main.c --wall 2s --memory 64MB -- -n 5',
      does: 'compiled and run with limits, and with arguments',
    },
    {
      command: 'echo "print(6 * 7)" | winnow run - --lang python --fuel 50000000',
      does: 'from standard input, stopped after so many instructions',
    },
    {
      command: 'winnow run src/app.ts --files src --out changed --json',
      does: 'with the files beside it; what it wrote goes to changed/',
    },
    {
      command: 'winnow run tests.py --files src --record-calls calls.jsonl',
      does: 'writes which function called which',
    },
    {
      command: 'winnow run snippet.py --partial',
      does: 'code whose definitions, imports or inputs are missing, and what was guessed',
    },
    {
      command: 'winnow run src/app.py:Flask.dispatch_request --partial',
      does: 'a hit of a search, taken out of its repository and called with inferred arguments',
    },
    {
      command: 'winnow run src/app/core.py:Box.total --partial --python .venv',
      does: 'one function of a repository, with inferred arguments and installed packages',
    },
    {
      command: 'winnow run script.py --policy strict',
      does: 'refused before it runs when its code would reach out of its work directory',
    },
    {
      command: 'winnow run fix.sh --in . --keep',
      does: 'works on a directory of yours; `winnow undo last` takes it back',
    },
    { command: 'winnow run --languages', does: 'what this machine can run' },
    { command: 'winnow run --doctor', does: 'whether it really does, and what to install' },
  ],
  input,
  output,
  positional: [
    { property: 'file', label: 'FILE' },
    { property: 'args', label: 'ARGS', variadic: true },
  ],
  labels: {
    ...jobLabels,
    out: 'DIR',
    recordCalls: 'FILE',
    budget: 'TIME',
    python: 'DIR',
    ...modelLabels,
    policy: 'POLICY',
    allow: 'CATEGORY',
  },
  run: async (given, context) => {
    if (given.languages && given.doctor) throw badUsage('--languages and --doctor exclude each other.');
    if ((given.languages || given.doctor) && (given.file ?? given.code) !== undefined)
      throw badUsage(`${given.doctor ? '--doctor' : '--languages'} takes no FILE.`);
    const asks = given.languages || given.doctor;
    if (given.partial && (asks || given.recordCalls !== undefined))
      throw badUsage('--partial excludes --languages, --doctor and --record-calls.');
    if (
      !given.partial &&
      (given.level !== undefined || given.python !== undefined || given.observe || given.budget !== undefined)
    )
      throw badUsage('--level, --budget, --python and --observe are for --partial.');
    const { model, modelUrl, budgetUsd, record, replay } = given;
    const ofModel = [modelUrl, budgetUsd, record].some((one) => one !== undefined);
    if (!given.partial && (ofModel || model !== undefined || replay !== undefined))
      throw badUsage('--model and what goes with it are for --partial.');
    if (ofModel && model === undefined && replay === undefined)
      throw badUsage('--model-url, --budget-usd and --record go with --model.');
    if (given.policy !== undefined && (asks || given.partial || given.recordCalls !== undefined))
      throw badUsage('--policy excludes --partial, --record-calls, --languages and --doctor.');
    if (given.allow.length > 0 && given.policy === undefined) throw badUsage('--allow is for --policy.');
    checkIn(given, context);
    const partial = given.partial ? await partialJobOf(given, context) : null;
    const job = asks ? null : (partial?.job ?? (await jobOf(given, context)));
    const runner = openRunner({ cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path });
    try {
      if (job === null) return await overview(runner, given, context);
      if (partial !== null) {
        const { outcome, partial: told } = await runPartially(runner, partial, given, context);
        return { ...nothing, outcome, partial: told };
      }
      const policed = given.policy === undefined ? null : await policedOf(job, given, context);
      if (policed?.job === null) return { ...nothing, risk: policed.risk };
      const ready = policed?.job ?? job;
      const { outcome, calls, over, risk } =
        given.in === undefined
          ? { ...observed(await carryOut(runner, ready, given, context), policed), over: null }
          : { ...(await runIn(runner, ready, given, context, policed)), calls: null };
      const saved = given.out === undefined ? null : await saveFiles(outcome.files, resolve(context.cwd, given.out));
      return {
        ...nothing,
        outcome: outcomeOutput(outcome),
        saved: savedOutput(given.out, saved),
        calls,
        over,
        risk,
      };
    } finally {
      await runner.close();
    }
  },
  render: runView,
  afterwards: askAbout,
  exit: ({ outcome, checkups, risk, over }, { exitCode, keep }) => {
    if (over?.applied?.result === 'conflict') return 1;
    if (risk?.runs === false || (keep && over?.applied === null)) return 1;
    if (outcome === null) return checkups?.some(({ state }) => state === 'failed') === true ? 1 : 0;
    const { ending } = outcome;
    if (!exitCode) return ending.kind === 'exited' && ending.code === 0 ? 0 : 1;
    return ownExitCode(ending);
  },
};

/** What reads risk loads grammars, which other runs need not. */
const policedOf = async (job: Job, given: Given, context: Context): Promise<Policed> =>
  (await import('./run-policy.ts')).underPolicy(
    job,
    given,
    context,
    given.in === undefined ? null : directoryOf(given, context),
  );

const observed = ({ outcome, calls }: CarriedOut, policed: Policed | null): CarriedOut & Pick<RunOutput, 'risk'> =>
  policed === null ? { outcome, calls, risk: null } : { calls, ...policed.observe(outcome, null) };

const savedOutput = (directory: string | undefined, saved: Saved | null): RunOutput['saved'] =>
  saved === null || directory === undefined
    ? null
    : { directory, written: [...saved.written], skipped: [...saved.skipped] };

const nothing = {
  schema: 'winnow.run/1',
  outcome: null,
  saved: null,
  calls: null,
  partial: null,
  over: null,
  risk: null,
  languages: null,
  backends: null,
  checkups: null,
} as const;

async function overview(runner: Runner, given: Given, context: Context): Promise<RunOutput> {
  const all = await runner.offers();
  const offers = all.filter(({ backend }) => given.backend === 'auto' || backend === given.backend);
  const checkups = given.doctor
    ? await runner.doctor({
        backend: given.backend,
        signal: context.signal,
        progress: (done, total, language) => context.progress({ label: 'checked', done, total, detail: language }),
      })
    : null;
  return {
    ...nothing,
    languages: runLanguages.map(({ name, label, aliases, extensions }) => ({
      name,
      label,
      aliases: [...aliases],
      extensions: [...extensions],
    })),
    backends: offers.map(offerOutput),
    checkups: checkups === null ? null : [...checkups],
  };
}

function offerOutput({ backend, availability, runtimes }: Offer): NonNullable<RunOutput['backends']>[number] {
  const unavailable = availability.state === 'unavailable';
  return {
    backend,
    state: availability.state,
    reason: unavailable ? availability.reason : null,
    install: unavailable ? availability.install : null,
    caveats: unavailable ? [] : [...availability.caveats],
    runtimes: runtimes.map(({ backend: _, ...runtime }) => runtime),
  };
}

/** As shells tell it: `timeout` ends with 124, a death by signal is 128 and its number. */
function ownExitCode(ending: Ending): number {
  switch (ending.kind) {
    case 'exited':
      return ending.code;
    case 'crashed':
      return ending.signal === null ? 1 : 128 + (constants.signals[ending.signal as NodeJS.Signals] ?? 0);
    case 'compile-failed':
      return 1;
    default:
      return 124;
  }
}
