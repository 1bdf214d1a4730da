/**
 * The child process that holds sessions of one language: reads requests from descriptor 3, carries them out one at a time, answers on it.
 *
 * As with jobs (`../host-main.ts`) it reads and writes synchronously, and gives up its rights before the first cell. What a session changed
 * is put aside after its answer is out, so nobody waits for that but who comes right after.
 */
import { fail, read, send } from '../channel.ts';
import { pack } from '../frames.ts';
import { keepingFailure } from '../kept/kept.ts';
import { type Failed, kinds, type OpenRequest, outputFrameBytes, type Ready } from '../protocol.ts';
import { giveUpRights } from '../rights.ts';
import { type CellSink, EngineRefusal, type EngineSession, type SessionEngine } from './engine.ts';
import { type CellReply, type SessionReply, type SessionRequest, sessionKinds, shownFrameBytes } from './protocol.ts';
import { openStopLook, type StopLook } from './stopfile.ts';
import { openStrays } from './strays.ts';
import type { SessionEngineRow } from './table.ts';

/**
 * States of all sessions together, bytes: half of what the process may take at the usual memory cap (`../confine.ts`). Past it, whoever holds more than
 * an equal share is given nothing more.
 */
const mostHeldBytes = 2 * 2 ** 30;

/**
 * Before a state is put aside, which keeps a core busy for 3 to 5 ms, ms: of two cells of SQL in turn the 99th percentile fell from 7.6 ms to 4.6, and no
 * longer wait made it less (docs/measurements/sessions.md).
 */
const yieldMs = 0.2;
const nobody = new Int32Array(new SharedArrayBuffer(4));

// Node has read what it needs of it.
const { env } = process;
for (const name of Object.keys(env)) delete env[name];
// While a cell runs, V8 takes the signal (`../interruptible.ts`).
const strays = openStrays();

await main();

async function main(): Promise<void> {
  const table = (await import(process.argv[2] as string)) as { readonly sessionEngines: readonly SessionEngineRow[] };
  const request = read(kinds.open) as OpenRequest;
  const stops = openStopLook();
  const engine = await open(table.sessionEngines, request, stops).catch((cause: unknown) => fail(cause));
  if (engine === undefined) return;
  const sessions = new Map<number, EngineSession>();
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const asked = read(sessionKinds.request) as SessionRequest;
    try {
      const reply = await answer(engine, sessions, stops, asked);
      send(sessionKinds.reply, ...pack(reply));
    } catch (cause) {
      fail(cause);
      continue;
    }
    // The host was just woken, often on this core, and would wait there until a core's time slice is over.
    if (asked.op === 'run') Atomics.wait(nobody, 0, 0, yieldMs);
    engine.settle();
  }
}

async function open(
  rows: readonly SessionEngineRow[],
  request: OpenRequest,
  stops: StopLook,
): Promise<SessionEngine | undefined> {
  const module = await rows.find((row) => row.language === request.language)?.load();
  if (module === undefined) throw new Error(`no sessions for ${request.language}`);
  const probed = await module.probe();
  if ('missing' in probed) {
    const failed: Failed = { message: probed.missing, missing: { what: probed.missing, install: probed.install } };
    send(kinds.failed, ...pack(failed));
    return undefined;
  }
  const { cacheDir, memoryBytes } = request;
  const engine = await module.open({ cacheDir, memoryBytes, stopping: () => stops.taken() });
  giveUpRights(request.dropTo);
  const ready: Ready = {
    version: probed.version,
    unpinned: [],
    counts: false,
    compiles: false,
    pid: process.pid,
    notKept: keepingFailure(),
  };
  send(kinds.ready, ...pack(ready));
  return engine;
}

async function answer(
  engine: SessionEngine,
  sessions: Map<number, EngineSession>,
  stops: StopLook,
  asked: SessionRequest,
): Promise<SessionReply> {
  const one = (id: number): EngineSession => {
    const session = sessions.get(id);
    if (session === undefined) throw new Error(`there is no session ${id}`);
    return session;
  };
  const carryOut = async (): Promise<unknown> => {
    switch (asked.op) {
      case 'new':
        sessions.set(asked.id, await engine.open(asked.setup));
        return null;
      case 'copy': {
        const copy = one(asked.from).copy();
        if (copy === null) throw new Error('this engine makes no copies');
        sessions.set(asked.id, copy);
        return null;
      }
      case 'drop':
        one(asked.id).drop();
        sessions.delete(asked.id);
        return null;
      case 'run':
        return overShare(engine, sessions, asked.id) ?? runCell(one(asked.id), stops, asked);
      case 'restart':
        await one(asked.id).restart();
        return null;
      case 'put':
        await one(asked.id).files.put(asked.files);
        return null;
      case 'list':
        return one(asked.id).files.list();
      case 'changes':
        return one(asked.id).files.changes();
      case 'read':
        return one(asked.id).files.read(asked.path, asked.offset, asked.length);
      case 'write':
        await one(asked.id).files.write(asked.path, asked.offset, asked.bytes, asked.mode);
        return null;
      case 'size':
        return one(asked.id).heldBytes();
    }
  };
  try {
    return { value: await carryOut(), heldBytes: engine.heldBytes() };
  } catch (error) {
    if (error instanceof EngineRefusal) return { refused: error.message };
    throw error;
  }
}

/** @returns how a cell ends that must not begin, because there is no room for what it would change; null: it may */
function overShare(engine: SessionEngine, sessions: ReadonlyMap<number, EngineSession>, id: number): CellReply | null {
  const held = engine.heldBytes();
  const own = sessions.get(id)?.heldBytes() ?? 0;
  if (held <= mostHeldBytes || own <= mostHeldBytes / sessions.size) return null;
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
  const notice =
    `The cell was not begun: sessions of this engine hold ${mebibytes(held)} together, of ${mebibytes(mostHeldBytes)}, and this one ` +
    `${mebibytes(own)}. Restart it, or end others.`;
  return {
    ending: { kind: 'out-of-memory' },
    state: 'kept',
    cpuMs: 0,
    omitted: { stdout: 0, stderr: 0 },
    notices: [notice],
  };
}

async function runCell(
  session: EngineSession,
  stops: StopLook,
  { code, count, cell: number, outputBytes }: Extract<SessionRequest, { op: 'run' }>,
): Promise<CellReply> {
  const omitted = { stdout: 0, stderr: 0 };
  const writer = (stream: 'stdout' | 'stderr') => {
    let left = outputBytes;
    return (bytes: Uint8Array): void => {
      const allowed = Math.min(bytes.length, left);
      for (let at = 0; at < allowed; at += outputFrameBytes)
        send(kinds[stream], bytes.subarray(at, Math.min(allowed, at + outputFrameBytes)));
      left -= allowed;
      if (bytes.length === allowed) return;
      if (omitted[stream] === 0) {
        send(sessionKinds.limit);
        stops.wish();
      }
      omitted[stream] += bytes.length - allowed;
    };
  };
  const sink: CellSink = {
    stdout: writer('stdout'),
    stderr: writer('stderr'),
    overflow: () => {
      if (omitted.stdout === 0) send(sessionKinds.limit);
      omitted.stdout++;
    },
    shown: (bytes) => {
      if (bytes.length <= shownFrameBytes) send(sessionKinds.shown, bytes);
    },
  };
  await strays.clear(stops.signals());
  stops.begin(number);
  const before = process.cpuUsage();
  const cell = await session.run(code, count, sink).finally(() => stops.end());
  const used = process.cpuUsage(before);
  return { ...cell, cpuMs: (used.user + used.system) / 1000, omitted };
}
