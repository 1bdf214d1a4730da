/** What a session on a PostgreSQL server holds aside: its transaction. */
import { WinnowError } from '../../../base/mod.ts';
import { shownAddress } from '../../database/connection.ts';
import type { UndoStore } from '../../overlay/store.ts';
import type { DatabaseHold } from '../types.ts';
import type { PostgresKernel, PostgresSettings } from './postgreskernel.ts';

/** @param undo where it is written down what was committed, and that it cannot be undone; null: nowhere */
export const postgresHold = (
  kernel: PostgresKernel,
  { address }: PostgresSettings,
  undo: UndoStore | null,
): DatabaseHold => ({
  kind: 'postgres',
  name: shownAddress(address),
  changes: async () => kernel.changes(),
  keep: async (command = 'session keep') => {
    const changes = kernel.changes();
    // Before COMMIT, so that none is missing in the history.
    const entry =
      undo === null || changes.length === 0
        ? null
        : undo.beginCommit({ name: shownAddress(address), command, changes });
    try {
      await kernel.settle('COMMIT');
    } catch (error) {
      const isUnknown = error instanceof WinnowError && error.code === 'connection-lost';
      entry?.failed(isUnknown ? 'whether the server committed it is not known: the connection ended' : null);
      throw error;
    }
    entry?.committed();
    return { changes, entry: entry?.id ?? null, notices: [] };
  },
  drop: () => kernel.settle('ROLLBACK'),
  undo: async () => {
    throw new WinnowError('unsupported-job', 'What was committed on a server cannot be taken back from here.');
  },
});
