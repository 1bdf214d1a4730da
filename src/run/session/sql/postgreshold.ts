/** What a session on a PostgreSQL server holds aside: its transaction. */
import { shownAddress } from '../../database/connection.ts';
import type { DatabaseHold } from '../types.ts';
import type { PostgresKernel, PostgresSettings } from './postgreskernel.ts';

export const postgresHold = (kernel: PostgresKernel, { address }: PostgresSettings): DatabaseHold => ({
  kind: 'postgres',
  name: shownAddress(address),
  changes: async () => kernel.changes(),
  keep: () => kernel.settle('COMMIT'),
  drop: () => kernel.settle('ROLLBACK'),
});
