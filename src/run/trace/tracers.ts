/** Which language has which tracer; each is loaded when a job first needs it. */
import type { Tracer } from './tracejob.ts';

export const tracers: Readonly<Record<string, () => Promise<Tracer>>> = {
  javascript: async () => (await import('./ecmascript/tracer.ts')).javascriptTracer,
  typescript: async () => (await import('./ecmascript/tracer.ts')).typescriptTracer,
  python: async () => (await import('./python/tracer.ts')).pythonTracer,
  c: async () => (await import('./wasm/tracer.ts')).cTracer,
  cpp: async () => (await import('./wasm/tracer.ts')).cppTracer,
  wasm: async () => (await import('./wasm/tracer.ts')).wasmTracer,
  ruby: async () => (await import('./ruby/tracer.ts')).rubyTracer,
  bash: async () => (await import('./bash/tracer.ts')).bashTracer,
  perl: async () => (await import('./perl/tracer.ts')).perlTracer,
  lua: async () => (await import('./lua/tracer.ts')).luaTracer,
};
