export { openRepository } from './repository.ts';
export { defaultHome } from './store/store-dir.ts';
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
export { loadGrammarFile } from './work/grammar-files.ts';
