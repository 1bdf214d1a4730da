/**
 * Ruby as WebAssembly, from the optional package `@ruby/3.4-wasm-wasi`.
 *
 * Each job starts from the image of a Ruby that has just started, in an instance of its own. The standard
 * library is inside the module. Absent: threads, processes, sockets, gems, and the bridge to JavaScript.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WinnowError } from '../../../base/mod.ts';
import type { CheckedJob } from '../../types.ts';
import { changedFiles } from '../../wasm/changes.ts';
import { type Image, restoreImage, takeImage } from '../../wasm/image.ts';
import { capMemory, pageBytes } from '../../wasm/memory.ts';
import { MemoryFiles } from '../../wasm/memoryfiles.ts';
import { meter, meterVersion } from '../../wasm/meter.ts';
import { runProgram } from '../../wasm/program.ts';
import type { WasiOptions } from '../../wasm/wasi.ts';
import { wasiClock } from '../../wasm/wasiclock.ts';
import type { Engine, EngineModule, EngineOptions, EngineOutput, EngineResult } from '../engine.ts';
import { readEntry, writeEntry } from '../kept/kept.ts';
import {
  evaluate,
  initialize,
  ownLibrary,
  ownLibraryTree,
  readRuby,
  rubyImports,
  rubyLiteral,
  rubyVersion,
} from './rubyvm.ts';

const install = 'npm install --no-save @ruby/3.4-wasm-wasi';

export const rubyEngine: EngineModule = {
  language: 'ruby',
  unpinned: [],
  counts: true,
  async probe() {
    const version = rubyVersion();
    if (version === null) return { missing: 'the package @ruby/3.4-wasm-wasi', install };
    return { version: `Ruby 3.4 (ruby.wasm ${version})` };
  },
  async open(options) {
    const version = rubyVersion();
    if (version === null)
      throw new WinnowError(
        'toolchain-missing',
        `Expected the package @ruby/3.4-wasm-wasi; it is not installed. Run ${install} in the directory of Winnow.`,
      );
    return new RubyEngine(await compileRuby(options, version));
  },
};

async function compileRuby(options: EngineOptions, version: string): Promise<WebAssembly.Module> {
  const entry = `ruby-${version}-${meterVersion}.wasm`;
  let metered = readEntry(options.cacheDir, entry);
  if (metered === null) {
    metered = meter(readRuby());
    writeEntry(options.cacheDir, entry, metered);
  }
  return WebAssembly.compile(capMemory(metered, Math.min(Math.floor(options.memoryBytes / pageBytes), 65_536)));
}

const workDir = 'work';
const startText = readFileSync(fileURLToPath(new URL('./rubystart.rb', import.meta.url)), 'utf8');

class RubyEngine implements Engine {
  readonly #module: WebAssembly.Module;
  readonly #library = ownLibraryTree();
  /** Hash order comes from a seed drawn at the start, so an image is one seed's. */
  #image: { readonly seed: number; readonly image: Image } | null = null;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#imageFor(0);
  }

  async run(job: CheckedJob, output: EngineOutput): Promise<EngineResult> {
    const image = this.#imageFor(job.determinism.seed);
    const clock = wasiClock(job.determinism.clockMs);
    const files = this.#files(job.limits.fileBytes, clock.peekNs);
    files.add(job.files, workDir);
    const end = runProgram({
      module: this.#module,
      imports: rubyImports(this.#module),
      fuel: job.limits.fuel,
      rescues: job.rescue,
      wasi: {
        ...quietWasi(files, job.determinism.seed),
        clock,
        stdin: job.stdin,
        stdout: output.stdout,
        stderr: output.stderr,
      },
      start(exports) {
        restoreImage(exports.memory as WebAssembly.Memory, image);
        // It exits by itself; coming back means that not even the start text could run.
        return evaluate(exports, startOf(job)) === 0 ? 0 : 1;
      },
    });
    return {
      ending: end.ending,
      instructions: end.instructions,
      peakMemoryBytes: end.memoryBytes + files.peakBytes,
      files: changedFiles(files.directory(workDir), job.files),
      reusable: true,
    };
  }

  #files(limitBytes: number, now: () => bigint): MemoryFiles {
    const files = new MemoryFiles({ limitBytes, now });
    files.directory(workDir);
    files.directory('tmp');
    files.mountNull('dev/null');
    files.mount(ownLibrary, this.#library);
    return files;
  }

  #imageFor(seed: number): Image {
    if (this.#image?.seed === seed) return this.#image.image;
    let image: Image | null = null;
    const end = runProgram({
      module: this.#module,
      imports: rubyImports(this.#module),
      fuel: null,
      wasi: quietWasi(
        this.#files(0, () => 0n),
        seed,
      ),
      start(exports) {
        const memory = exports.memory as WebAssembly.Memory;
        const fresh = new Uint8Array(memory.buffer).slice();
        initialize(exports);
        image = takeImage(fresh, new Uint8Array(memory.buffer));
        return 0;
      },
    });
    if (image === null) throw new Error(`Ruby did not start: ${JSON.stringify(end.ending)}`);
    this.#image = { seed, image };
    return image;
  }
}

const quietWasi = (files: MemoryFiles, seed: number): WasiOptions => ({
  args: ['ruby'],
  env: {},
  stdin: new Uint8Array(0),
  stdout: () => {},
  stderr: () => {},
  files,
  given: [['/', '/']],
  clock: wasiClock(0),
  seed,
});

function startOf(job: CheckedJob): string {
  const env = { HOME: `/${workDir}`, TZ: job.determinism.timeZone, LANG: job.determinism.locale, ...job.env };
  const pairs = Object.entries(env).map(([name, value]) => `${rubyLiteral(name)} => ${rubyLiteral(value)}`);
  const parts = [
    `entry: ${rubyLiteral(job.entry)}`,
    `args: [${job.args.map(rubyLiteral).join(', ')}]`,
    `env: {${pairs.join(', ')}}`,
    `directory: ${rubyLiteral(`/${workDir}`)}`,
  ];
  const text = `winnow_job = {${parts.join(', ')}}\n${startText}`;
  return `RubyVM::InstructionSequence.compile(${rubyLiteral(text)}, '(winnow)').eval`;
}
