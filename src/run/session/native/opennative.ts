/**
 * Opens kernels on the native backend: finds the language's program, makes a sandbox for it, puts the session's files in, starts it.
 */
import { WinnowError } from '../../../base/mod.ts';
import { whyNotReadable } from '../../native/bwrap.ts';
import { namedInterpreter } from '../../native/interpreter.ts';
import { lookAtMachine, type Unavailable } from '../../native/machine.ts';
import { checkWorkable, openSandbox } from '../../native/opensandbox.ts';
import { type FoundTool, workDir } from '../../native/recipe.ts';
import type { Sandbox } from '../../native/sandbox.ts';
import type { Machine } from '../../native/startinside.ts';
import { searchPath, Toolchains, toolchainMissing } from '../../native/toolchains.ts';
import type { Availability, RunSettings } from '../../types.ts';
import type { Kernel } from '../kernel.ts';
import type { CheckedSession } from '../limits.ts';
import { openCell } from './cell.ts';
import { type NativeKernelRow, nativeKernels } from './kernels.ts';
import { NativeKernel } from './nativekernel.ts';

export interface NativeKernels {
  /** Whether a sandbox works here, by a trial. */
  availability(): Promise<Availability>;
  /** Whether there are sessions of a language here: a sandbox that works, and the language's program. */
  canOpen(language: string): Promise<boolean>;
  /** @throws WinnowError `toolchain-missing`, `backend-unavailable`, `unsupported-job`, `sandbox-failed`, `disk-full` */
  open(session: CheckedSession): Promise<Kernel>;
  close(): Promise<void>;
}

/** Starts nothing before the first use. */
export function openNativeKernels(settings: RunSettings): NativeKernels {
  const machine = lookAtMachine(settings.path);
  // Probes versions, in a sandbox as jobs have it; a session's own is another.
  const sandbox: Sandbox = openSandbox({ ...settings, parallelism: 1 });
  const toolchains = new Toolchains(sandbox, settings.path, settings.cacheDir);
  return {
    availability: () => sandbox.availability(),
    canOpen: async (language) => {
      const row = nativeKernels.find((one) => one.language === language);
      if (row === undefined || (await sandbox.availability()).state !== 'ready') return false;
      return (await toolchains.of({ tools: [row.tool] })).missing === null;
    },
    open: (session) => openKernel(session, usable(machine), toolchains, settings),
    close: () => sandbox.close(),
  };
}

async function openKernel(
  session: CheckedSession,
  machine: Machine,
  toolchains: Toolchains,
  settings: RunSettings,
): Promise<Kernel> {
  const row = nativeKernels.find(({ language }) => language === session.language);
  if (row === undefined)
    throw new WinnowError('unsupported-job', `There is no native session of ${session.language}.`, {
      details: { language: session.language },
    });
  const tool = await toolOf(row, session, toolchains, settings.path);
  const { grants, limits, determinism } = session;
  const read = [...new Set([...tool.read, ...grants.read])].sort();
  for (const path of read) {
    const problem = whyNotReadable(path, process.getuid?.() === 0);
    if (problem !== null)
      throw new WinnowError('unsupported-job', `The native sandbox cannot show ${path} to a session: ${problem}.`, {
        details: { path, problem },
      });
  }
  if (session.over !== null) checkWorkable(session.over.directory);
  const cell = await openCell(machine, {
    kind: { read, network: grants.network, over: session.over },
    limits,
    reservesMemory: row.reservesMemory,
    ownFiles: row.ownFiles,
  });
  try {
    const { argv, env } = row.program(session, tool);
    const { locale, timeZone } = determinism;
    const kernel = new NativeKernel(cell, {
      program: {
        argv,
        env: {
          PATH: searchPath([tool.path]),
          HOME: workDir,
          ...(session.over === null ? {} : { PWD: session.over.directory }),
          TMPDIR: '/tmp',
          LANG: locale,
          LC_ALL: locale,
          TZ: timeZone,
          ...session.env,
          ...env,
        },
      },
      version: `${row.tool.label} ${tool.version}`,
      limits,
      isOver: session.over !== null,
      encode: row.encode ?? null,
      isNoisy: row.isNoisy === true,
      hearsInterrupts: row.hearsInterrupts === true,
      caveats: cell.isCounted
        ? []
        : ['no control groups here: memory is looked at now and then, every 20 ms while a cell runs'],
    });
    await kernel.files.put(session.files);
    await kernel.start();
    return kernel;
  } catch (error) {
    await cell.end();
    throw error;
  }
}

async function toolOf(
  { tool }: NativeKernelRow,
  { language, python }: CheckedSession,
  toolchains: Toolchains,
  path: readonly string[],
): Promise<FoundTool> {
  if (python !== null) {
    const at = await toolchains.at(tool, namedInterpreter(python));
    if ('reason' in at) throw toolchainMissing(language, at, [python]);
    return at;
  }
  const toolchain = await toolchains.of({ tools: [tool] });
  if (toolchain.missing !== null) throw toolchainMissing(language, toolchain.missing, path);
  const found = toolchain.tools.get(tool.name);
  if (found === undefined) throw new Error(`no ${tool.name} among the tools that were found`);
  return found;
}

function usable(machine: Machine | Unavailable): Machine {
  if (!('state' in machine)) return machine;
  const { reason, install } = machine;
  const advice = install === null ? '' : ` To install it: ${install}`;
  throw new WinnowError('backend-unavailable', `The native sandbox cannot be used here: ${reason}.${advice}`, {
    details: { reason, install },
  });
}
