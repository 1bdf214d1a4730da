/**
 * Sessions that work on a directory of the user's: an entry in the undo store from their start, and what they changed when they have ended.
 *
 * Whoever ends one is told the entry, to keep or to drop it; one that ends by itself leaves it waiting there. A host that is killed leaves the directory
 * as it was, and an entry that the store cleans up.
 */
import { WinnowError } from '../../../base/mod.ts';
import type { Begun, UndoStore } from '../../overlay/store.ts';
import type { Session, SessionRequest, Sessions } from '../types.ts';

export interface OverWork {
  /** The directory, real. */
  readonly directory: string;
  /** To be called once, when the session has ended. @returns the entry; null where nothing was changed, or nobody can tell any more */
  finish(): Promise<string | null>;
}

/**
 * @param directory absolute
 * @throws WinnowError as `Sessions.open` and `UndoStore.begin` do; nothing is left in the store then
 */
export async function openOver(
  store: UndoStore,
  sessions: Sessions,
  request: SessionRequest,
  directory: string,
): Promise<{ readonly session: Session; readonly work: OverWork }> {
  const irreversible = request.grants?.network === true ? ['it could use the network'] : [];
  const command = `session new --lang ${request.language}`;
  const begun = store.begin({ directory, command, kind: 'session', irreversible });
  try {
    const over = { directory: begun.view, lower: begun.lower, out: begun.out, copied: false };
    const session = await sessions.open({ ...request, over });
    return { session, work: { directory: begun.directory, finish: () => finish(store, begun) } };
  } catch (error) {
    store.abandon(begun);
    throw withoutOverlay(error, begun.directory);
  }
}

async function finish(store: UndoStore, begun: Begun): Promise<string | null> {
  try {
    const { entry, manifest } = await store.finish(begun);
    if (manifest.rows.length > 0) return entry.id;
    await store.drop(entry);
  } catch {
    // Its sandbox was killed, and told nothing: the directory is as it was.
    store.abandon(begun);
  }
  return null;
}

function withoutOverlay(error: unknown, directory: string): unknown {
  if (!(error instanceof WinnowError) || error.code !== 'sandbox-failed') return error;
  const why = /no (?:overlay|view of the directory): ([^;]*)/.exec(`${error.details.why} ${error.details.said}`)?.[1];
  if (why === undefined) return error;
  return new WinnowError(
    'unsupported-job',
    `No overlay can be had over ${directory} (${why.trim()}), so no session can work on it. Give it files with --files, and take them with \`winnow session get\`.`,
    { details: { directory, why }, cause: error },
  );
}
