/**
 * Makes what one job's interpreter sees of a world: files, streams, a clock, randomness, an environment.
 */
import { seededRandom } from '../../../base/mod.ts';
import type { Determinism, JobFile } from '../../types.ts';
import type { DirectoryNode } from '../../wasm/filetree.ts';
import type { EngineOutput } from '../engine.ts';
import { Clock } from './clock.ts';
import { Descriptors } from './descriptors.ts';
import { FileSystem } from './filesystem.ts';
import type { World } from './machine.ts';

export interface WorldSettings {
  readonly files: readonly JobFile[];
  readonly stdin: Uint8Array;
  /** What the C library finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly output: EngineOutput;
  readonly determinism: Determinism;
  readonly memoryBytes: number;
  readonly fileBytes: number;
}

/** @param instructions that the job has executed so far, which move a pinned clock */
export function makeWorld(library: DirectoryNode, instructions: () => number, settings: WorldSettings): World {
  const clock = new Clock(settings.determinism, instructions);
  const generator = seededRandom(settings.determinism.seed);
  const random = (into: Uint8Array) => {
    for (let i = 0; i < into.length; i++) into[i] = generator.int(256);
  };
  const fileTime = () => BigInt(Math.trunc(clock.nowMs() * 1e3)) * 1000n;
  const system = new FileSystem({ limitBytes: settings.fileBytes, now: fileTime, library, given: settings.files });
  const descriptors = new Descriptors({ files: system.files, stdin: settings.stdin, output: settings.output, random });
  return {
    system,
    descriptors,
    clock,
    random,
    fileTime,
    sleep: (ms) => clock.sleep(ms),
    memoryBytes: settings.memoryBytes,
    environment: Object.entries(settings.env).map(([name, value]) => Buffer.from(`${name}=${value}`)),
  };
}
