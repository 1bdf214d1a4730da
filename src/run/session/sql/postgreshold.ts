/** What a session on a PostgreSQL server holds aside: its transaction. */
import { WinnowError } from '../../../base/mod.ts';
import { shownAddress } from '../../database/connection.ts';
import type { DatabaseHold } from '../types.ts';
import type { PostgresKernel, PostgresSettings } from './postgreskernel.ts';

export const postgresHold = (kernel: PostgresKernel, { address }: PostgresSettings): DatabaseHold => ({
  kind: 'postgres',
  name: shownAddress(address),
  changes: async () => kernel.changes(),
  keep: () => kernel.settle('COMMIT'),
  drop: () => kernel.settle('ROLLBACK'),
  undo: async () => {
    throw new WinnowError('unsupported-job', 'What was committed on a server cannot be taken back from here.');
  },
});
