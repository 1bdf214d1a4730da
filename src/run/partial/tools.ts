/** Which language has which tool for partial execution; each is loaded when a job first needs it. */
import type { PartialTool } from './types.ts';

export const partialTools: Readonly<Record<string, () => Promise<PartialTool>>> = {
  python: async () => (await import('./python/tool.ts')).pythonPartial,
};
