import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { frameHead } from '../../embedded/frames.ts';
import { UndoStore } from '../../overlay/store.ts';
import { openSessions } from '../open.ts';
import { HostClient } from './client.ts';
import { openHostPlace } from './place.ts';
import { kinds } from './protocol.ts';
import { Host } from './server.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'winnow-host-'));
});
afterEach(() => rmSync(home, { recursive: true }));

async function open(lingerMs: number): Promise<{ host: Host; socket: string; client: () => Promise<HostClient> }> {
  const socket = join(home, 'h.sock');
  const host = new Host({
    place: openHostPlace(home),
    socket,
    sessions: openSessions({ cacheDir: null, path: [] }),
    undo: new UndoStore({ directory: join(home, 'undo'), path: [] }),
    lingerMs,
  });
  await host.listen();
  const client = async (): Promise<HostClient> => {
    const opened = connect(socket);
    await new Promise((resolve) => opened.once('connect', resolve));
    return new HostClient(opened, { number: 1, mark: '', pid: process.pid, version: '', protocol: 1, socket });
  };
  return { host, socket, client };
}

test.skipIf(process.platform === 'win32')(
  'a host that holds nothing ends, and not while somebody is connected (skipped on Windows)',
  async () => {
    const { host, client } = await open(200);
    const one = await client();
    let isClosed = false;
    void host.closed.then(() => {
      isClosed = true;
    });
    await sleep(1_000);
    expect(isClosed).toBe(false);
    expect(await one.call({ verb: 'list' })).toMatchObject({ sessions: [], snapshots: [] });
    one.close();
    await expect.poll(() => isClosed, { timeout: 5_000 }).toBe(true);
  },
);

test.skipIf(process.platform === 'win32')('a host whose home was removed ends (skipped on Windows)', async () => {
  const { host, socket } = await open(60_000);
  rmSync(socket);
  await host.closed;
});

test.skipIf(process.platform === 'win32')(
  'what is no request is an error on its connection alone (skipped on Windows)',
  async () => {
    const { host, socket, client } = await open(60_000);
    const one = await client();
    for (const request of [
      { verb: 'none' },
      { verb: 'run', id: 7 },
      { verb: 'new', request: {}, files: [{}] },
      [],
      null,
    ])
      await expect(one.call(request as never)).rejects.toMatchObject({ code: 'session-host' });
    await expect(one.call({ verb: 'run', id: '../..', code: '' })).rejects.toMatchObject({ code: 'unknown-session' });
    const early = one.call({ verb: 'list' }, { signal: AbortSignal.abort() });
    expect(await early).toMatchObject({ sessions: [] });
    const raw = connect(socket);
    await new Promise((resolve) => raw.once('connect', resolve));
    raw.write(frameHead(kinds.request, 0xffffffff));
    await new Promise((resolve) => raw.once('close', resolve));
    const cut = connect(socket);
    cut.write(Buffer.concat([frameHead(kinds.request, 10), Buffer.from('{')]));
    await sleep(50);
    cut.destroy();
    expect(await one.call({ verb: 'list' })).toMatchObject({ sessions: [] });
    one.close();
    await host.close();
  },
);

test.skipIf(process.platform === 'win32')(
  'a path or pattern that leads out of the work directory is refused to its caller alone (skipped on Windows)',
  async () => {
    const { host, client } = await open(60_000);
    const one = await client();
    const { id } = await one.call({
      verb: 'new',
      name: null,
      request: { language: 'javascript', backend: 'embedded' },
      over: null,
      files: [],
    });
    for (const isWhole of [true, false])
      await expect(
        one.call({ verb: 'write', id, path: '../../x', offset: 0, mode: 0o644, isWhole }, { data: [Buffer.from('x')] }),
      ).rejects.toMatchObject({ code: 'bad-job' });
    await expect(one.call({ verb: 'files', id, pattern: '../**' })).rejects.toMatchObject({ code: 'bad-job' });
    await expect(one.call({ verb: 'read', id, path: '/etc/passwd', offset: 0 })).rejects.toMatchObject({
      code: 'bad-job',
    });
    expect(await one.call({ verb: 'run', id, code: '6 * 7' })).toMatchObject({ ending: { kind: 'done' } });
    one.close();
    await host.close();
  },
  120_000,
);
