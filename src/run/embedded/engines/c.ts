/**
 * C by Clang and wasi-libc, both WebAssembly. All `.c` files of a job make one program, at `-O1`: on small
 * programs `-O2` compiles slower than it runs faster.
 */
import type { EngineModule } from '../engine.ts';
import { openCEngine, probeClang } from './cengine.ts';

export const cEngine: EngineModule = {
  language: 'c',
  // `time` and `clock` read the pinned clock, random_get the seed; the library's only locale is C.
  unpinned: [],
  counts: true,
  compiles: true,
  probe: probeClang,
  open: () =>
    openCEngine({
      dialect: { language: 'c', standard: 'gnu17', compilerArgs: [], libraries: [] },
      extensions: ['.c'],
    }),
};
