export { createSegmentBuilder, type SegmentBuilder } from './builder.ts';
export { fieldFrequencies, fieldLengths } from './fields.ts';
export { mergeSegments, mergeSegmentsTo } from './merge.ts';
export { rankText } from './rank.ts';
export { openSegment, verifySegment } from './segment.ts';
export { fileSource, memorySource } from './source.ts';
export type {
  ByteSource,
  FieldName,
  NameEntry,
  NameList,
  Postings,
  ScoredDoc,
  Segment,
  SegmentView,
  TextAnswer,
  TextInput,
  TextQuery,
  TextTerm,
} from './types.ts';
export { docFlag, fieldNames } from './types.ts';
export {
  type FieldWeight,
  fieldShare,
  gainOfLevel,
  levelOf,
  type PerField,
  saturation,
  weightedFrequency,
  weightsFingerprint,
  wtfOfLevel,
} from './weights.ts';
