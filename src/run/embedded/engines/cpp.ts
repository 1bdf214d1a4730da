/**
 * C++ by Clang and libc++, both WebAssembly. All C++ files of a job make one program.
 *
 * Exceptions do not exist: the package's libc++ is built without them and brings no unwinder, so a program with
 * `throw` or `try` does not compile, and the compiler says why. Nor do threads. A program that includes `<iostream>`
 * compiles in 5 s the first time and 2 s after that; where there is a native compiler it is the better one.
 */
import type { EngineModule } from '../engine.ts';
import { openCEngine, probeClang } from './cengine.ts';

export const cppEngine: EngineModule = {
  language: 'cpp',
  unpinned: [],
  counts: true,
  compiles: true,
  probe: probeClang,
  open: () =>
    openCEngine({
      dialect: {
        language: 'c++',
        standard: 'gnu++20',
        compilerArgs: ['/usr/include/wasm32-wasip1/c++/v1', '/usr/include/c++/v1'].flatMap((path) => [
          '-internal-isystem',
          path,
        ]),
        libraries: ['-lc++', '-lc++abi'],
      },
      extensions: ['.cpp', '.cc', '.cxx', '.c++'],
    }),
};
