/** Which language has which tool for partial execution; each is loaded when a job first needs it. */
import type { LoadFile } from '../../code/mod.ts';
import type { PartialTool } from './types.ts';

export const partialTools: Readonly<Record<string, (load: LoadFile) => Promise<PartialTool>>> = {
  javascript: async (load) => (await import('./ecmascript/tool.ts')).ecmascriptPartial(load, 'JavaScript'),
  python: async () => (await import('./python/tool.ts')).pythonPartial,
  typescript: async (load) => (await import('./ecmascript/tool.ts')).ecmascriptPartial(load, 'TypeScript'),
};
