export type { DocumentText, Encoder, WordEncoder } from './types.ts';
