/**
 * Rust by rustc alone: the entry is the root of one crate, other files are its modules.
 *
 * Edition 2021, optimized (`-O`), without warnings. Crates are given by `grants.read` and `--extern` in `RUSTFLAGS`;
 * `RUSTFLAGS=--test` makes the crate's tests the program. Cargo is not used, since it wants a registry.
 */
import type { Recipe, Tool } from '../recipe.ts';
import { asArgument, built, words, workDir } from '../recipe.ts';
import { cCompiler } from './c.ts';

const rustc: Tool = {
  name: 'rustc',
  label: 'Rust',
  executables: ['rustc'],
  versionArgs: ['--version'],
  version: /^rustc (\d\S+)/m,
  atLeast: [1, 56],
  usualPlaces: ['/opt/rust/bin', '/usr/local/cargo/bin'],
  packages: {
    apt: 'rustc',
    dnf: 'rust',
    apk: 'rust',
    pacman: 'rust',
    otherwise: "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh",
  },
};

export const rust: Recipe = {
  language: 'rust',
  tools: [rustc, cCompiler],
  // HashMap's keys come from the operating system.
  unpinned: ['hash'],
  counts: true,
  plan(job, tool) {
    const flags = ['--edition=2021', '-O', '--cap-lints=allow', '--crate-name=main', `-Clinker=${tool('cc').path}`];
    return {
      files: job.files,
      compile: {
        argv: [tool('rustc').path, ...flags, '-o', built, ...words(job.env.RUSTFLAGS), asArgument(job.entry)],
      },
      run: { argv: [`${workDir}/${built}`, ...job.args], standsAlone: true },
    };
  },
};
