/** The undo store of this user, as verbs open it. */
import { resolve } from 'node:path';
import { UndoStore } from '../../run/mod.ts';
import type { Context } from './types.ts';

/** It is no cache: what lies in it can be made by nothing again. Still it has its place beside what is kept, so that one WINNOW_HOME holds all. */
export function undoStoreOf({ settings }: Context): UndoStore {
  return new UndoStore({ directory: resolve(settings.cacheDir, 'undo'), path: settings.path });
}

/** Ends what a killed command left, before anything else is done, and says so. */
export async function recovered(store: UndoStore, context: Context): Promise<void> {
  if (store.isUnsettled) for (const text of await store.recover()) context.notice(text);
}
