/**
 * What the conformance suite knows of each language beside its program in `test/fixtures/run`: a program that
 * is no program, and the parts that the language, or one backend, cannot do, with the reason.
 */
import type { BackendName } from '../types.ts';

/** `test/fixtures/run/README.md` says what each does. */
export type Part =
  | 'copy'
  | 'args'
  | 'env'
  | 'read'
  | 'change'
  | 'streams'
  | 'error'
  | 'bytes'
  | 'flood'
  | 'loop'
  | 'memory'
  | 'fill'
  | 'poison'
  | 'victim'
  | 'random'
  | 'clock'
  | 'processes';

export interface ConformanceLanguage {
  readonly name: string;
  /** Below `test/fixtures/run`; `sql/` holds a file for each part. */
  readonly program: string;
  /** Source that the language refuses before any of it runs. */
  readonly broken: string;
  /** What one backend refuses beside that; it stands for `broken` there. */
  readonly brokenOn?: Partial<Record<BackendName, string>>;
  /** Why `loop` does not say that it has started. */
  readonly silent?: string;
  /** Parts that are not tried, with the reason. */
  readonly without?: Partial<Record<Part, string>>;
  readonly withoutOn?: Partial<Record<BackendName, Partial<Record<Part, string>>>>;
}

const noProcesses = { processes: 'a language with processes of its own tries this: Python, C, Bash' };
const noProcessesEmbedded = { embedded: { processes: 'WebAssembly has no processes' } };
/** It differs from C in its compiler, not in what runs its programs, and its compiler takes 5 to 12 s in each new process. */
const asEmbeddedC = 'the engine is that of C, where this is tried; here each process would compile anew';
/** The same engine, given the program without its types. */
const asEmbeddedJavaScript = 'the engine is that of JavaScript, where this is tried';
const noShell = 'the language has no way to do this';

/** Languages without a program here, and why. */
export const notTried: Readonly<Record<string, string>> = {
  wasm: 'a program is written in another language: that of C is tried, on the same engine',
  kotlin: 'its compiler is no package of Debian, so where this suite is run it has never been there',
};

export const conformanceLanguages: readonly ConformanceLanguage[] = [
  { name: 'python', program: 'python.py', broken: 'def (:\n', withoutOn: noProcessesEmbedded },
  { name: 'javascript', program: 'javascript.js', broken: 'let = = 1;\n', without: noProcesses },
  {
    name: 'typescript',
    program: 'typescript.ts',
    broken: 'let x: = 1;\n',
    without: noProcesses,
    withoutOn: {
      embedded: {
        copy: asEmbeddedJavaScript,
        env: asEmbeddedJavaScript,
        read: asEmbeddedJavaScript,
        change: asEmbeddedJavaScript,
        streams: asEmbeddedJavaScript,
        bytes: asEmbeddedJavaScript,
        flood: asEmbeddedJavaScript,
        loop: asEmbeddedJavaScript,
        memory: asEmbeddedJavaScript,
        fill: asEmbeddedJavaScript,
        poison: asEmbeddedJavaScript,
        victim: asEmbeddedJavaScript,
        clock: asEmbeddedJavaScript,
      },
    },
  },
  { name: 'c', program: 'c.c', broken: 'int main( { return }\n', withoutOn: noProcessesEmbedded },
  {
    name: 'cpp',
    program: 'cpp.cpp',
    broken: 'int main( { return }\n',
    // Exceptions need what WASI has not.
    brokenOn: { embedded: 'int main() { throw 1; }\n' },
    without: noProcesses,
    withoutOn: {
      embedded: {
        copy: asEmbeddedC,
        change: asEmbeddedC,
        bytes: asEmbeddedC,
        streams: asEmbeddedC,
        random: asEmbeddedC,
        args: asEmbeddedC,
        error: asEmbeddedC,
        clock: asEmbeddedC,
        env: asEmbeddedC,
        read: asEmbeddedC,
        flood: asEmbeddedC,
        loop: asEmbeddedC,
        memory: asEmbeddedC,
        fill: asEmbeddedC,
        poison: asEmbeddedC,
        victim: asEmbeddedC,
      },
    },
  },
  { name: 'java', program: 'java.java', broken: 'public class Main { void }\n', without: noProcesses },
  { name: 'csharp', program: 'csharp.cs', broken: 'class Program { void }\n', without: noProcesses },
  { name: 'go', program: 'go.go', broken: 'package main\nfunc main( {\n', without: noProcesses },
  {
    name: 'rust',
    program: 'rust.rs',
    broken: 'fn main( {\n',
    without: { ...noProcesses, random: 'the standard library has no random numbers' },
  },
  { name: 'ruby', program: 'ruby.rb', broken: 'def (\n', without: noProcesses },
  { name: 'php', program: 'php.php', broken: '<?php function ( {\n', without: noProcesses },
  { name: 'perl', program: 'perl.pl', broken: 'my ( = ;\n', without: noProcesses },
  { name: 'lua', program: 'lua.lua', broken: 'local = = 1\n', without: noProcesses },
  { name: 'bash', program: 'bash.sh', broken: 'if then fi (\n', withoutOn: noProcessesEmbedded },
  {
    name: 'r',
    program: 'r.R',
    broken: 'x <- <- (\n',
    without: { ...noProcesses, bytes: 'R writes text to standard output, bytes only to files' },
  },
  {
    name: 'sql',
    program: 'sql/',
    broken: 'SELEKT 1;\n',
    silent: 'SQLite’s shell writes to a pipe when its buffer is full or it ends',
    without: {
      ...noProcesses,
      copy: noShell,
      args: noShell,
      env: noShell,
      read: noShell,
      change: noShell,
      streams: noShell,
      bytes: noShell,
      fill: noShell,
    },
  },
  {
    name: 'haskell',
    program: 'haskell.hs',
    broken: 'main = do {\n',
    without: {
      ...noProcesses,
      fill: 'covered by the other compiled languages',
      random: 'random numbers are no part of the base libraries',
      clock: 'covered by the other compiled languages',
    },
  },
  {
    name: 'ocaml',
    program: 'ocaml.ml',
    broken: 'let = in\n',
    without: { ...noProcesses, clock: 'the base library has no clock' },
  },
  {
    name: 'fortran',
    program: 'fortran.f90',
    broken: 'program x\n  print *,\nend progra\n',
    without: {
      ...noProcesses,
      read: 'covered by the other compiled languages',
      change: 'covered by the other compiled languages',
      bytes: noShell,
      memory: 'covered by the other compiled languages',
      fill: 'covered by the other compiled languages',
      poison: 'covered by the other compiled languages',
      victim: 'covered by the other compiled languages',
      clock: 'covered by the other compiled languages',
    },
  },
  {
    name: 'awk',
    program: 'awk.awk',
    broken: 'BEGIN { print ( }\n',
    without: {
      ...noProcesses,
      change: noShell,
      error: 'nothing in AWK fails that is not a broken program',
      bytes: noShell,
      fill: 'covered by the other interpreted languages',
      random: 'covered by the other interpreted languages',
      clock: noShell,
    },
  },
  {
    name: 'tcl',
    program: 'tcl.tcl',
    broken: 'set x {\n',
    without: { ...noProcesses, random: 'covered by the other interpreted languages' },
  },
];
