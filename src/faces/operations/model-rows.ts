/** Rows of language models in the operations table. */
import type { OperationRow } from './table.ts';

export const modelRows: readonly OperationRow[] = [
  {
    name: 'model list',
    summary: 'providers of language models: which can be used now, and what each can do',
    load: async () => (await import('./model-list.ts')).modelList,
  },
  {
    name: 'model ask',
    summary: 'one prompt to a language model, with files as data, samples, a schema',
    load: async () => (await import('./model-ask.ts')).modelAsk,
  },
  {
    name: 'model serve',
    summary: 'a model without a model: replies by a script, over HTTP on this machine',
    load: async () => (await import('./model-serve.ts')).modelServe,
  },
];
