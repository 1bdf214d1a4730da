/**
 * The engine made ready once: its code, metered, and the memory of a context in which the realm's own program has run.
 *
 * Each job gets a new instance and a copy of that memory, so it starts from the same bytes whatever ran before,
 * and the instruction count starts from the same place. Making the image takes some 0.1 s, a copy some 0.5 ms.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import { pageBytes } from '../../wasm/memory.ts';
import { meter, meterVersion } from '../../wasm/meter.ts';
import { keptBytes } from '../kept/kept.ts';
import { moduleHash } from './abi.ts';
import { rejectionTracker } from './tracker.ts';
import { type Value, Vm, type VmHost } from './vm.ts';

/** What the module asks for at least. Its import section. */
const initialPages = 256;

/**
 * The depth of C stack that a program may use, bytes. A plain recursion then reaches some 11,900 calls before the
 * engine throws its RangeError, about as many as in Node 24 (12,500 measured). The stack of the host's thread must
 * hold what that takes there: some 5 MB (`--stack-size=7000`); where it does not, the job ends with the host's RangeError.
 */
const stackBytes = 2 * 1024 * 1024;

export interface Image {
  readonly code: WebAssembly.Module;
  /** Pages of memory that are not all zero, by number. */
  readonly pages: readonly (readonly [page: number, bytes: Uint8Array])[];
  readonly pageCount: number;
  readonly runtime: number;
  readonly context: number;
  /** The realm's function that takes the host's calls. */
  readonly enter: Value;
}

/** @throws Error when the module is not the one whose names are known */
export function makeImage(cacheDir: string | null): Image {
  const path = fileURLToPath(import.meta.resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm'));
  const module = readFileSync(path);
  const hash = createHash('sha256').update(module).digest('hex');
  if (hash !== moduleHash) throw new Error(`${path} is not the build that abi.ts describes: SHA-256 ${hash}`);
  const key = `quickjs-${hash.slice(0, 16)}-${meterVersion}.wasm`;
  const code = new WebAssembly.Module(keptBytes(cacheDir, key, () => meter(rejectionTracker.prepare(module))));
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: 2 * initialPages });
  const vm = new Vm(code, memory, new BootHost(), false);
  const { calls } = vm;
  vm.runtime = calls.QTS_NewRuntime();
  vm.context = calls.QTS_NewContext(vm.runtime, 0);
  calls.QTS_RuntimeSetMaxStackSize(vm.runtime, stackBytes);
  calls.QTS_RuntimeEnableModuleLoader(vm.runtime, 1);
  rejectionTracker.enable(vm);
  const door = calls.QTS_NewFunction(vm.context, vm.putText('winnowDoor'), 2, 0, 0);
  calls.QTS_SetProp(vm.context, calls.QTS_GetGlobalObject(vm.context), vm.string('winnowDoor'), door);
  const ended = vm.evaluateModule(realmSource('main.ts'), `${realmPrefix}main.ts`);
  if ('error' in ended)
    throw new Error(
      `the realm's program failed: ${vm.toText(ended.error)} ${vm.toText(vm.property(ended.error, 'stack'))}`,
    );
  for (let job = vm.runJob(); !('ran' in job) || job.ran; job = vm.runJob())
    if ('error' in job) throw new Error(`the realm's program failed: ${vm.toText(job.error)}`);
  const enter = vm.property(ended.value, 'enter');
  return { code, ...nonZeroPages(vm.bytes()), runtime: vm.runtime, context: vm.context, enter };
}

function nonZeroPages(bytes: Uint8Array): Pick<Image, 'pages' | 'pageCount'> {
  // Smaller than a WebAssembly page, so that less is copied.
  const size = 4096;
  const zeros = Buffer.alloc(size);
  const pages: [number, Uint8Array][] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const page = bytes.subarray(at, at + size);
    if (zeros.equals(page)) continue;
    const last = pages.at(-1);
    // Neighbours are joined.
    if (last !== undefined && last[0] + last[1].length === at) last[1] = bytes.subarray(last[0], at + size);
    else pages.push([at, page]);
  }
  return { pages: pages.map(([at, page]) => [at, page.slice()]), pageCount: bytes.length / pageBytes };
}

/** A fresh vm. @param memoryBytes its memory at most; it always gets what the image takes */
export function startVm(image: Image, memoryBytes: number, host: VmHost): Vm {
  const maximum = Math.min(32_768, Math.max(image.pageCount, Math.floor(memoryBytes / pageBytes)));
  const memory = new WebAssembly.Memory({ initial: image.pageCount, maximum });
  const vm = new Vm(image.code, memory, host, true);
  const bytes = vm.bytes();
  for (const [at, page] of image.pages) bytes.set(page, at);
  vm.runtime = image.runtime;
  vm.context = image.context;
  rejectionTracker.attach(vm, (promise, isHandled) => host.rejection(promise, isHandled));
  return vm;
}

export const realmPrefix = 'realm:';

function realmSource(name: string): string {
  const path = fileURLToPath(new URL(`./realm/${name}`, import.meta.url));
  return stripTypeScriptTypes(readFileSync(path, 'utf8'), { mode: 'strip' });
}

/** While the realm's program runs: its own files are its modules, and nothing may be asked of the host. */
class BootHost implements VmHost {
  readonly timeZone = 'UTC';
  call(): never {
    throw new Error('the realm called its host before there was one');
  }
  loadModule(name: string): string {
    return realmSource(name.slice(realmPrefix.length));
  }
  resolveModule(_base: string, name: string): string {
    return realmPrefix + name.replace(/^\.\//, '');
  }
  error(error: Error): never {
    throw error;
  }
  clock(): bigint {
    return 0n;
  }
  rejection(): void {}
}
