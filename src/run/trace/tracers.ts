/** Which language has which tracer; each is loaded when a job first needs it. */
import type { Tracer } from './tracejob.ts';

export const tracers: Readonly<Record<string, () => Promise<Tracer>>> = {
  python: async () => (await import('./python/tracer.ts')).pythonTracer,
  ruby: async () => (await import('./ruby/tracer.ts')).rubyTracer,
};
