/**
 * Perl 5 as WebAssembly, from the optional package `@6over3/zeroperl-ts`.
 *
 * Only its module is used, on our own WASI: its JavaScript reads the real clock, and lets Perl call functions of
 * the host. That one import traps here. The module runs a program as the `perl` command does, from the script's path and
 * arguments, and each job has an instance of its own.
 *
 * Absent: `fork`, `system` and sockets, and modules that the package leaves out, of which `POSIX` is missed most. The
 * work directory is the root of what the program sees.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { WinnowError } from '../../../base/mod.ts';
import type { CheckedJob } from '../../types.ts';
import { changedFiles } from '../../wasm/changes.ts';
import { capMemory, pageBytes } from '../../wasm/memory.ts';
import { MemoryFiles } from '../../wasm/memoryfiles.ts';
import { meter, meterVersion } from '../../wasm/meter.ts';
import { runProgram } from '../../wasm/program.ts';
import { wasiClock } from '../../wasm/wasiclock.ts';
import type { Engine, EngineModule, EngineOptions, EngineOutput, EngineResult } from '../engine.ts';
import { readEntry, writeEntry } from '../kept/kept.ts';

const require = createRequire(import.meta.url);
const install = 'npm install --no-save @6over3/zeroperl-ts';
const perlPackage = '@6over3/zeroperl-ts';
const modulePath = () => require.resolve(`${perlPackage}/zeroperl.wasm`);

/** @returns the package's version; null when it is not installed */
function perlVersion(): string | null {
  try {
    // The module lies in dist/cjs/.
    const manifest = readFileSync(join(dirname(modulePath()), '..', '..', 'package.json'), 'utf8');
    return (JSON.parse(manifest) as { version: string }).version;
  } catch {
    return null;
  }
}

export const perlEngine: EngineModule = {
  language: 'perl',
  unpinned: [],
  counts: true,
  async probe() {
    const version = perlVersion();
    if (version === null) return { missing: 'the package @6over3/zeroperl-ts', install };
    return { version: `Perl 5.42 (zeroperl ${version}, without POSIX)` };
  },
  async open(options) {
    const version = perlVersion();
    if (version === null)
      throw new WinnowError(
        'toolchain-missing',
        `Expected the package @6over3/zeroperl-ts; it is not installed. Run ${install} in the directory of Winnow.`,
      );
    return new PerlEngine(await compilePerl(options, version));
  },
};

async function compilePerl(options: EngineOptions, version: string): Promise<WebAssembly.Module> {
  const entry = `perl-${version}-${meterVersion}.wasm`;
  let metered = readEntry(options.cacheDir, entry);
  if (metered === null) {
    metered = meter(readFileSync(modulePath()));
    writeEntry(options.cacheDir, entry, metered);
  }
  return WebAssembly.compile(capMemory(metered, Math.min(Math.floor(options.memoryBytes / pageBytes), 65_536)));
}

/** The only import besides WASI. Perl reaches it through functions that a host registers, and none does. */
const bridge = {
  env: {
    call_host_function: () => {
      throw new WebAssembly.RuntimeError('there is no host to call: Perl runs without its bridge');
    },
  },
};

class PerlEngine implements Engine {
  readonly #module: WebAssembly.Module;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  async run(job: CheckedJob, output: EngineOutput): Promise<EngineResult> {
    const { seed, clockMs, timeZone, locale } = job.determinism;
    const clock = wasiClock(clockMs);
    const files = new MemoryFiles({ limitBytes: job.limits.fileBytes, now: clock.peekNs });
    files.add(job.files);
    files.directory('tmp');
    files.mountNull('dev/null');
    const end = runProgram({
      module: this.#module,
      imports: bridge,
      fuel: job.limits.fuel,
      rescues: job.rescue,
      wasi: {
        args: ['perl'],
        env: {
          HOME: '/',
          TZ: timeZone,
          LANG: locale,
          PERL_HASH_SEED: String(seed),
          PERL_RAND_SEED: String(seed),
          ...job.env,
        },
        stdin: job.stdin,
        stdout: output.stdout,
        stderr: output.stderr,
        files,
        given: [['/', '/']],
        clock,
        seed,
      },
      start: (exports) => runScript(exports, [job.entry, ...job.args]),
    });
    return {
      ending: end.ending,
      instructions: end.instructions,
      peakMemoryBytes: end.memoryBytes + files.peakBytes,
      files: changedFiles(files.root, job.files, { leaveOut: ['dev', 'tmp'] }),
      reusable: true,
    };
  }
}

type Call = (...args: number[]) => number;

/** Runs `perl SCRIPT ARGUMENTS`. @returns the exit code */
function runScript(exports: WebAssembly.Exports, words: readonly string[]): number {
  (exports._initialize as Call)();
  const memory = exports.memory as WebAssembly.Memory;
  const put = (bytes: Uint8Array): number => {
    const at = (exports.malloc as Call)(bytes.length);
    new Uint8Array(memory.buffer).set(bytes, at);
    return at;
  };
  // `--` ends perl's own options, so that no file's name is one.
  const argv = ['perl', '--', ...words].map((word) => put(Buffer.from(`${word}\0`, 'utf8')));
  const table = put(new Uint8Array(new Uint32Array([...argv, 0]).buffer));
  const code = (exports.zeroperl_init_with_args as Call)(argv.length, table);
  // Runs END blocks and writes out what is buffered.
  (exports.zeroperl_flush as Call)();
  (exports.zeroperl_shutdown as Call)();
  return code & 0xff;
}
