export { documentOf } from './document.ts';
export { checkEndpointAddress, type EndpointOptions, isSilence, openEndpoint } from './endpoint.ts';
export { keptTable } from './kepttable.ts';
export { checkModelFolder } from './onnx/modelfolder.ts';
export { openOnnx } from './onnx/onnx.ts';
export { type NearRow, RowScan, type Run, type SignRows } from './rowscan.ts';
export {
  RowBlock,
  rowBytes,
  type ScanQuery,
  type SharedSigns,
  SignBlock,
  scanQuery,
  signBytes,
  writeRow,
} from './scan.ts';
export { BestScores } from './scanbest.ts';
export { scanThread } from './scanthread.ts';
export { shippedTable, tableDataOf } from './shipped.ts';
export { checkTableFile, openTable } from './table.ts';
export type { ToldChange } from './train/changed.ts';
export { licenseOf } from './train/license.ts';
export type { ToMine } from './train/miners.ts';
export { type ExampleKind, exampleKinds } from './train/shard.ts';
export { mineTexts, type Text } from './train/texts.ts';
export { type Training, trainFrom } from './train/train.ts';
export { usualSettings } from './train/trainer.ts';
export { type Tuned, tune } from './train/tune.ts';
export type { DocumentText, Encoder, WordEncoder } from './types.ts';
