/**
 * Programs that come as WebAssembly: WASI commands (preview 1), whatever language they were written in.
 *
 * The module is read, metered, and, where the job is traced, given probes: that is its compile step. What a program finds is what C finds here: the
 * job's files from the root on, its arguments, variables and streams, a pinned clock, seeded random bytes. Absent: components and WASI 0.2, threads,
 * memories that are imported or have 64 bits, and anything to import but WASI.
 */
import type { CheckedJob } from '../../types.ts';
import { readCommand } from '../../wasm/commandmodule.ts';
import { meter } from '../../wasm/meter.ts';
import { WasmFormatError } from '../../wasm/module.ts';
import { type Probed, probe } from '../../wasm/probe.ts';
import type { Engine, EngineModule, EngineOutput, EngineResult } from '../engine.ts';
import { probesFor } from './cprobes.ts';
import { runWasiProgram } from './wasiprogram.ts';

const runtime = `WebAssembly (V8 ${process.versions.v8.replace(/-.*/, '')})`;

export const wasmEngine: EngineModule = {
  language: 'wasm',
  unpinned: [],
  counts: true,
  compiles: true,
  probe: async () => ({ version: runtime }),
  open: async () => new WasmEngine(),
};

interface Prepared {
  readonly module: Uint8Array;
  readonly probed: Probed | null;
  readonly startExport: string | null;
}

class WasmEngine implements Engine {
  async run(job: CheckedJob, output: EngineOutput): Promise<EngineResult> {
    const started = performance.now();
    let prepared: Prepared | null = null;
    let complaint = '';
    try {
      prepared = prepare(job);
    } catch (cause) {
      if (!(cause instanceof WasmFormatError)) throw cause;
      complaint = `${job.entry}: ${cause.message}\n`;
    }
    const compile = {
      ending: { kind: 'exited', code: prepared === null ? 1 : 0 },
      stdout: new Uint8Array(0),
      stderr: Buffer.from(complaint),
      wallMs: performance.now() - started,
      cached: false,
    } as const;
    if (prepared === null)
      return {
        ending: { kind: 'compile-failed' },
        files: [],
        peakMemoryBytes: null,
        instructions: null,
        reusable: true,
        compile,
      };
    output.programBegins?.();
    const { module, probed, startExport } = prepared;
    const start = startExport === null ? {} : { start: (exports: WebAssembly.Exports) => both(exports, startExport) };
    return { ...runWasiProgram({ module, probed, runtime, ...start }, job, output), compile };
  }
}

/** @throws WasmFormatError */
function prepare(job: CheckedJob): Prepared {
  const bytes = job.files.find(({ path }) => path === job.entry)?.bytes;
  if (bytes === undefined) throw new Error(`the entry ${job.entry} is not among the job's files`);
  const { module: plain, startExport } = readCommand(bytes);
  const probed = job.probe === true ? probe(plain, probesFor(job)) : null;
  return { module: meter(probed?.module ?? plain), probed, startExport };
}

function both(exports: WebAssembly.Exports, startExport: string): undefined {
  for (const name of [startExport, '_start']) {
    const target = exports[name];
    if (typeof target !== 'function') throw new WebAssembly.RuntimeError(`there is no ${name}`);
    (target as () => void)();
  }
}
