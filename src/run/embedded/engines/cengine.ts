/**
 * What C and C++ share: sources become a metered program, which runs with its memory capped.
 *
 * Programs that were compiled are kept by their content in this process. Not on disk: the processes that run jobs
 * cannot write there, and compiling a small program again takes less than 0.1 s.
 * What runs them: `wasiprogram.ts`. Absent: threads, processes, sockets, signals from outside, and flags of the job's own.
 */
import { WinnowError } from '../../../base/mod.ts';
import { type Artefact, artefactKey, openArtefacts } from '../../native/artefacts.ts';
import { OutputCollector } from '../../output.ts';
import type { CheckedJob } from '../../types.ts';
import { meter, meterVersion } from '../../wasm/meter.ts';
import { type Probed, probe } from '../../wasm/probe.ts';
import type { Engine, EngineOutput, EngineResult } from '../engine.ts';
import { Clang, clangVersion, type Dialect } from './cclang.ts';
import { probesFor } from './cprobes.ts';
import { runWasiProgram } from './wasiprogram.ts';

/** Modules of this many bytes together are kept: some hundreds of C, tens of C++. */
const keptBytes = 64 * 2 ** 20;

export interface CFamily {
  readonly dialect: Dialect;
  /** Endings of the files that are compiled; every one among a job's files is. */
  readonly extensions: readonly string[];
}

export async function probeClang(): Promise<{ version: string } | { missing: string; install: string }> {
  const version = clangVersion();
  if (version !== null) return { version: `Clang ${version.replace(/-.*/, '')} (@yowasp/clang ${version})` };
  return { missing: 'the package @yowasp/clang', install: 'npm install --no-save @yowasp/clang' };
}

export async function openCEngine(family: CFamily): Promise<Engine> {
  const version = clangVersion();
  if (version === null)
    throw new WinnowError(
      'toolchain-missing',
      'Expected the package @yowasp/clang; it is not installed. Run npm install --no-save @yowasp/clang in the directory of Winnow.',
    );
  return new CEngine(await Clang.open(), family, version);
}

type Compiled = NonNullable<EngineResult['compile']> & {
  readonly module: Uint8Array | null;
  /** Of a program that is traced. */
  readonly probed: Probed | null;
};

class CEngine implements Engine {
  readonly #clang: Clang;
  readonly #family: CFamily;
  readonly #version: string;
  readonly #artefacts = openArtefacts(null, keptBytes);

  constructor(clang: Clang, family: CFamily, version: string) {
    this.#clang = clang;
    this.#family = family;
    this.#version = version;
  }

  async run(job: CheckedJob, output: EngineOutput): Promise<EngineResult> {
    const { module, probed, ...compile } = this.#compile(job);
    if (module === null) return { ...notRun, compile };
    output.programBegins?.();
    const runtime = `Clang ${this.#version}`;
    return { ...runWasiProgram({ module, probed, runtime }, job, output), compile };
  }

  /** What is traced is compiled anew each time: what its probes stand for is not kept. */
  #compile(job: CheckedJob): Compiled {
    const started = performance.now();
    const sources = job.files
      .map(({ path }) => path)
      .filter((path) => path === job.entry || this.#family.extensions.some((extension) => path.endsWith(extension)))
      .sort();
    const parts = [...job.files].sort((a, b) => (a.path < b.path ? -1 : 1)).flatMap(({ path, bytes }) => [path, bytes]);
    const key = artefactKey([this.#version, String(meterVersion), this.#family.dialect.language, job.entry, ...parts]);
    const kept = job.probe ? undefined : this.#artefacts.get(key)?.files[0]?.bytes;
    const nothing = new Uint8Array(0);
    if (kept !== undefined)
      return {
        ending: done,
        stdout: nothing,
        stderr: nothing,
        wallMs: performance.now() - started,
        cached: true,
        module: kept,
        probed: null,
      };
    const isTraced = job.probe === true;
    const { module: plain, ...built } = this.#clang.build(
      job.files,
      sources,
      this.#family.dialect,
      job.compileLimits,
      isTraced,
    );
    const probed = isTraced && plain !== null ? probe(plain, probesFor(job)) : null;
    const module = probed?.module ?? plain;
    const metered = module === null ? null : meter(module);
    const wallMs = performance.now() - started;
    if (metered !== null && !isTraced) this.#artefacts.put(key, artefact(metered, wallMs));
    return { ...built, wallMs, cached: false, module: metered, probed };
  }
}

const done = { kind: 'exited', code: 0 } as const;
const notRun = {
  ending: { kind: 'compile-failed' },
  files: [],
  peakMemoryBytes: null,
  instructions: null,
  reusable: true,
} as const;

function artefact(module: Uint8Array, wallMs: number): Artefact {
  const silent = new OutputCollector(0).output();
  const usage = { wallMs, cpuMs: null, peakMemoryBytes: null, instructions: null, countUnit: null };
  return {
    report: { ending: done, stdout: silent, stderr: silent, usage, cached: false },
    files: [{ path: 'program.wasm', bytes: module }],
  };
}
