/**
 * The embedded engines, one line each. Each is loaded when it is asked for: who runs JavaScript never loads Python.
 */
import type { EngineModule } from '../engine.ts';

export interface EngineRow {
  /** A name of `languagetable.ts`. */
  readonly language: string;
  load(): Promise<EngineModule>;
}

export const engines: readonly EngineRow[] = [
  { language: 'bash', load: async () => (await import('./bash.ts')).bashEngine },
  { language: 'c', load: async () => (await import('./c.ts')).cEngine },
  { language: 'cpp', load: async () => (await import('./cpp.ts')).cppEngine },
  { language: 'javascript', load: async () => (await import('./javascript.ts')).javascriptEngine },
  { language: 'lua', load: async () => (await import('./lua.ts')).luaEngine },
  { language: 'perl', load: async () => (await import('./perl.ts')).perlEngine },
  { language: 'python', load: async () => (await import('./python.ts')).pythonEngine },
  { language: 'ruby', load: async () => (await import('./ruby.ts')).rubyEngine },
  { language: 'sql', load: async () => (await import('./sql.ts')).sqlEngine },
  { language: 'typescript', load: async () => (await import('./typescript.ts')).typescriptEngine },
  { language: 'wasm', load: async () => (await import('./wasm.ts')).wasmEngine },
];
