/**
 * Sessions on the embedded backend: processes of engines, shared by many sessions each.
 *
 * Processes are kept by language and memory cap, since an engine's module carries the cap. A new session goes where nothing runs, then to a new process as
 * long as there are few, then to the one with the fewest members. A process without members waits a minute for the next and is ended.
 */
import { availableParallelism } from 'node:os';
import { WinnowError } from '../../../base/mod.ts';
import { ensureFilled, usableCache } from '../../embedded/cachefill.ts';
import { type ChildPlan, type Confinement, findConfinement } from '../../embedded/confine.ts';
import { type SessionEngineRow, sessionEngines } from '../../embedded/session/table.ts';
import type { RunSettings, Runtime } from '../../types.ts';
import type { Kernel } from '../kernel.ts';
import type { CheckedSession } from '../limits.ts';
import { openKernel } from './kernel.ts';
import { EngineProcess } from './process.ts';

/** A process of Python holds some 300 MB, so idle ones go after a minute. */
const idleMs = 60_000;
/** States of sessions that one process holds before new sessions go elsewhere, bytes. */
const fullBytes = 1024 * 2 ** 20;

const table = new URL('../../embedded/session/table.ts', import.meta.url);
const main = new URL('../../embedded/session/session-main.ts', import.meta.url);

export interface EmbeddedSessions {
  /** Whether there are sessions of a language here, and in what version. */
  runtime(language: string): Promise<Runtime>;
  /** @throws WinnowError `unsupported-job`, `toolchain-missing`, `sandbox-failed`, `cancelled` */
  open(session: CheckedSession, signal?: AbortSignal): Promise<Kernel>;
  close(): Promise<void>;
}

export function openEmbeddedSessions(settings: RunSettings): EmbeddedSessions {
  const mostProcesses = settings.parallelism ?? availableParallelism();
  const cacheDir = usableCache(settings.cacheDir);
  const closing = new AbortController();
  const groups = new Map<string, Group>();
  let confinement: Promise<Confinement> | null = null;
  const confined = (): Promise<Confinement> => {
    confinement ??= findConfinement(settings.path);
    return confinement;
  };
  const groupOf = (language: string, memoryBytes: number): Group => {
    const name = `${language} ${memoryBytes}`;
    const known = groups.get(name);
    if (known !== undefined) return known;
    const start = async (): Promise<EngineProcess> => {
      const plan: ChildPlan = {
        confinement: await confined(),
        table,
        main,
        cacheDir,
        fillsCache: false,
        memoryBytes,
      };
      await ensureFilled(plan, language, closing.signal);
      return EngineProcess.start(plan, language, closing.signal);
    };
    const made = new Group(start, mostProcesses);
    groups.set(name, made);
    return made;
  };

  return {
    async runtime(language) {
      const row = sessionEngines.find((one) => one.language === language);
      const probed =
        row === undefined
          ? { missing: `The embedded backend has no sessions for ${language}.`, install: null }
          : await (await row.load()).probe();
      const common = { backend: 'embedded', language, counts: null } as const;
      return 'missing' in probed
        ? { ...common, state: 'missing', version: null, reason: probed.missing, install: probed.install }
        : { ...common, state: 'ready', version: probed.version, reason: null, install: null };
    },
    async open(session, signal) {
      const row = sessionEngines.find((one) => one.language === session.language);
      refuse(session, row);
      const { determinism, env, files, limits } = session;
      const { memoryBytes, fileBytes, outputBytes } = limits;
      const group = groupOf(session.language, memoryBytes);
      if (signal?.aborted === true) throw new WinnowError('cancelled', 'The session was cancelled before it began.');
      return openKernel({
        setup: { determinism, env, files, memoryBytes, fileBytes, outputBytes },
        limits,
        caveats: [...(await confined()).caveats, ...(row?.caveats ?? [])],
        copies: row?.copies === true,
        take: () => group.take(),
        release: (process) => group.release(process),
      });
    },
    async close() {
      closing.abort();
      await Promise.all([...groups.values()].map((group) => group.close()));
    },
  };
}

/** @throws WinnowError `unsupported-job` */
function refuse({ grants, over, python, language }: CheckedSession, row: SessionEngineRow | undefined): void {
  const asked = grants.network
    ? 'the network'
    : grants.read.length > 0 || over !== null
      ? 'directories of this machine'
      : python !== null
        ? 'packages of this machine'
        : null;
  if (asked !== null)
    throw new WinnowError(
      'unsupported-job',
      `The session asks for ${asked}, which the embedded backend never gives. Open it on the native backend.`,
    );
  if (row === undefined)
    throw new WinnowError('unsupported-job', `The embedded backend has no sessions for ${language}.`, {
      details: { language },
    });
}

class Group {
  readonly #start: () => Promise<EngineProcess>;
  readonly #most: number;
  #processes: EngineProcess[] = [];
  #starting = 0;
  readonly #idle = new Map<EngineProcess, NodeJS.Timeout>();

  constructor(start: () => Promise<EngineProcess>, most: number) {
    this.#start = start;
    this.#most = most;
  }

  async take(): Promise<EngineProcess> {
    this.#processes = this.#processes.filter((process) => !process.isGone);
    const roomy = this.#processes.filter((process) => process.heldBytes < fullBytes);
    const best = roomy.toSorted((a, b) => a.load - b.load || a.members - b.members)[0];
    const mayStart = this.#processes.length + this.#starting < this.#most || best === undefined;
    if (best !== undefined && (best.load === 0 || !mayStart)) return this.#join(best);
    this.#starting++;
    try {
      const process = await this.#start();
      this.#processes.push(process);
      return this.#join(process);
    } finally {
      this.#starting--;
    }
  }

  #join(process: EngineProcess): EngineProcess {
    clearTimeout(this.#idle.get(process));
    this.#idle.delete(process);
    process.members++;
    return process;
  }

  release(process: EngineProcess): void {
    process.members--;
    if (process.members > 0 || this.#idle.has(process)) return;
    const timer = setTimeout(() => void this.#end(process), process.isGone ? 0 : idleMs);
    timer.unref();
    this.#idle.set(process, timer);
  }

  async #end(process: EngineProcess): Promise<void> {
    this.#idle.delete(process);
    this.#processes = this.#processes.filter((one) => one !== process);
    await process.end();
  }

  async close(): Promise<void> {
    for (const timer of this.#idle.values()) clearTimeout(timer);
    await Promise.all(this.#processes.map((process) => this.#end(process)));
  }
}
