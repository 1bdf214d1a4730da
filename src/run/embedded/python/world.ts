/**
 * Makes what one job's or session's interpreter sees of a world: files, streams, a clock, randomness, an environment.
 */
import { type Random, seededRandom } from '../../../base/mod.ts';
import type { Determinism, JobFile } from '../../types.ts';
import type { DirectoryNode } from '../../wasm/filetree.ts';
import { TreeCopier } from '../../wasm/treecopy.ts';
import { Clock } from './clock.ts';
import { type DescriptorOptions, Descriptors } from './descriptors.ts';
import { FileSystem, type FileSystemOptions } from './filesystem.ts';
import type { World } from './machine.ts';

export interface WorldSettings {
  readonly files: readonly JobFile[];
  readonly stdin: Uint8Array;
  /** What the C library finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly output: DescriptorOptions['output'];
  readonly determinism: Determinism;
  readonly memoryBytes: number;
  readonly fileBytes: number;
  /** See `World`. */
  readonly signal?: () => number;
}

/** A world of which there can be several at different times of its life. */
export interface CopiedWorld extends World {
  /** As it is now, on its own from here on. File contents are shared until one side changes them. */
  copy(): CopiedWorld;
}

/** What of a world moves. */
interface Parts {
  readonly clock: Clock;
  readonly generator: Random;
}

/** @param instructions that the job has executed so far, which move a pinned clock */
export function makeWorld(library: DirectoryNode, instructions: () => number, settings: WorldSettings): CopiedWorld {
  const { determinism, files, fileBytes } = settings;
  const clock = new Clock(determinism, instructions);
  const generator = seededRandom(determinism.seed);
  const options = { limitBytes: fileBytes, now: fileTimeOf(clock), library, given: files };
  const system = new FileSystem(options);
  const descriptors = new Descriptors(descriptorOptions(system, generator, settings));
  return assemble({ clock, generator }, system, descriptors, options, settings);
}

function assemble(
  { clock, generator }: Parts,
  system: FileSystem,
  descriptors: Descriptors,
  options: FileSystemOptions,
  settings: WorldSettings,
): CopiedWorld {
  return {
    system,
    descriptors,
    clock,
    random: randomOf(generator),
    fileTime: fileTimeOf(clock),
    sleep: (ms) => clock.sleep(ms),
    memoryBytes: settings.memoryBytes,
    ...(settings.signal === undefined ? {} : { signal: settings.signal }),
    environment: Object.entries(settings.env).map(([name, value]) => Buffer.from(`${name}=${value}`)),
    copy() {
      const copier = new TreeCopier();
      const parts = { clock: clock.copy(), generator: generator.copy() };
      const own = { ...options, now: fileTimeOf(parts.clock) };
      const files = new FileSystem(own, { of: system, copier });
      const open = descriptors.copy(copier, descriptorOptions(files, parts.generator, settings));
      return assemble(parts, files, open, own, settings);
    },
  };
}

function descriptorOptions(system: FileSystem, generator: Random, settings: WorldSettings): DescriptorOptions {
  return { files: system.files, stdin: settings.stdin, output: settings.output, random: randomOf(generator) };
}

function randomOf(generator: Random): (into: Uint8Array) => void {
  return (into) => {
    for (let i = 0; i < into.length; i++) into[i] = generator.int(256);
  };
}

function fileTimeOf(clock: Clock): () => bigint {
  return () => BigInt(Math.trunc(clock.nowMs() * 1e3)) * 1000n;
}
