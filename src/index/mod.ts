export type {
  Completeness,
  FileRecord,
  LeftOut,
  OpenOptions,
  Progress,
  RefreshOptions,
  RefreshReport,
  Repository,
  Snapshot,
  Source,
} from './types.ts';
