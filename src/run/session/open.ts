/**
 * The way in to sessions: a request is checked, sent to a backend that can hold it, and comes back as a session.
 *
 * `auto` is the native backend where its sandbox works and the language's program is installed, else the embedded one. Which one it
 * became, a session says.
 */
import { WinnowError } from '../../base/mod.ts';
import type { UndoStore } from '../overlay/store.ts';
import type { BackendName, RunSettings } from '../types.ts';
import type { EmbeddedSessions } from './embedded/open.ts';
import type { Kernel } from './kernel.ts';
import { type CheckedSession, checkSession } from './limits.ts';
import type { NativeKernels } from './native/opennative.ts';
import type { Session, Sessions } from './types.ts';

/**
 * Starts nothing before the first session. Its owner closes it, which ends all of them.
 *
 * @param undo where what sessions keep in databases is written down, so that it can be undone after they have ended; null: nowhere
 */
export function openSessions(settings: RunSettings, undo: UndoStore | null = null): Sessions {
  return new OpenSessions(settings, undo);
}

class OpenSessions implements Sessions {
  readonly #settings: RunSettings;
  readonly #undo: UndoStore | null;
  readonly #open = new Set<Session>();
  #native: Promise<NativeKernels> | null = null;
  #embedded: Promise<EmbeddedSessions> | null = null;
  #isClosed = false;

  constructor(settings: RunSettings, undo: UndoStore | null) {
    this.#settings = settings;
    this.#undo = undo;
  }

  async open(request: Parameters<Sessions['open']>[0], signal?: AbortSignal): Promise<Session> {
    const checked = checkSession(request);
    this.#refuseClosed(signal);
    const backend = await this.#backendFor(checked);
    // Every command loads this file by way of `mod.ts`; only sessions need the rest.
    const [{ sessionOn }, { onDatabase }] = await Promise.all([import('./session.ts'), import('./sql/open.ts')]);
    const database = await onDatabase(checked, this.#openers[backend], this.#settings.cacheDir, this.#undo);
    const session = database?.session ?? checked;
    const openKernel = database?.openKernel ?? ((): Promise<Kernel> => this.#openers[backend](session));
    const kernel = await openKernel();
    if (this.#isClosed || signal?.aborted === true) await kernel.end();
    this.#refuseClosed(signal);
    let using = 0;
    const opened = sessionOn(kernel, {
      language: session.language,
      backend,
      limits: session.limits,
      openKernel: session.over === null ? openKernel : refuseCopy,
      onOpen: (one) => {
        this.#open.add(one);
        using++;
      },
      onOver: (one) => {
        this.#open.delete(one);
        // Copies of a session work on the same copy of a database.
        if (--using === 0) database?.close();
      },
      ...(database === null ? {} : { hold: database.hold }),
    });
    return opened;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open].map((session) => session.end()));
    await (await this.#native)?.close();
    await (await this.#embedded)?.close();
  }

  readonly #openers: Readonly<Record<BackendName, (session: CheckedSession) => Promise<Kernel>>> = {
    native: async (session) => (await this.#natives()).open(session),
    embedded: async (session) => (await this.#embeddeds()).open(session),
  };

  #embeddeds(): Promise<EmbeddedSessions> {
    this.#embedded ??= import('./embedded/open.ts').then(({ openEmbeddedSessions }) =>
      openEmbeddedSessions(this.#settings),
    );
    return this.#embedded;
  }

  #natives(): Promise<NativeKernels> {
    this.#native ??= import('./native/opennative.ts').then(({ openNativeKernels }) =>
      openNativeKernels(this.#settings),
    );
    return this.#native;
  }

  async #backendFor({ backend, language, over, grants, python }: CheckedSession): Promise<BackendName> {
    if (backend !== 'auto') return backend;
    const natives = await this.#natives();
    // Only native sessions see anything of this machine; what they lack is told by opening one.
    if (over !== null || python !== null || grants.network || grants.read.length > 0) return 'native';
    return (await natives.canOpen(language)) ? 'native' : 'embedded';
  }

  #refuseClosed(signal: AbortSignal | undefined): void {
    if (this.#isClosed) throw new WinnowError('cancelled', 'These sessions are closed; open them anew.');
    if (signal?.aborted === true) throw new WinnowError('cancelled', 'Opening the session was cancelled.');
  }
}

/** Two sandboxes over one directory would write to one place. */
function refuseCopy(): Promise<never> {
  throw new WinnowError(
    'unsupported-job',
    'A session that works on a directory of yours cannot be copied: both would change it. End it, keep or drop, and open another one.',
  );
}
