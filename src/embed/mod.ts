export { documentOf } from './document.ts';
export { type EndpointOptions, openEndpoint } from './endpoint.ts';
export { RowBlock, rowBytes, type ScanQuery, SignBlock, scanQuery, signBytes, writeRow } from './scan.ts';
export { BestScores, DistanceCounts } from './scanbest.ts';
export { shippedTable } from './shipped.ts';
export { openTable } from './table.ts';
export type { DocumentText, Encoder, WordEncoder } from './types.ts';
