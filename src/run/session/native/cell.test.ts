/** The live cell alone: order between channel and streams, starting anew, limits with and without control groups. */
import { describe, expect, test } from 'vitest';
import { lookAtMachine } from '../../native/machine.ts';
import { type LiveCell, openCell, type ProgramEnd } from './cell.ts';
import { openNativeKernels } from './opennative.ts';

const settings = { cacheDir: null, path: ['/usr/bin', '/bin'] };
const found = lookAtMachine(settings.path);
const probe = openNativeKernels(settings);
const availability = await probe.availability();
await probe.close();
const reason = availability.state === 'ready' ? null : availability.reason;

const limits = { memoryBytes: 128 * 2 ** 20, processes: 16, fileBytes: 2 ** 20, cellCpuMs: 500 };

interface Heard {
  readonly events: string[];
  readonly ended: Promise<ProgramEnd>;
  /** Resolves when this was heard. */
  wait(event: string): Promise<void>;
}

function start(cell: LiveCell, script: string): Heard {
  const events: string[] = [];
  const waiting: { readonly event: string; readonly resolve: () => void }[] = [];
  const hear = (event: string): void => {
    events.push(event);
    for (const one of waiting) if (one.event === event) one.resolve();
  };
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    cell.start(
      { argv: ['/usr/bin/python3', '-I', '-S', '-c', script], env: { PATH: '/usr/bin:/bin' } },
      {
        frame: (kind, payload) => hear(`frame ${kind} ${Buffer.from(payload).toString()}`),
        output: (stream, bytes) => hear(`${stream} ${Buffer.from(bytes).toString()}`),
        omitted: (stream, bytes) => hear(`omitted ${stream} ${bytes}`),
        limit: () => hear('limit'),
        lost: (why) => hear(`lost: ${why}`),
        ended: resolve,
        broken: reject,
      },
    );
  });
  const wait = (event: string): Promise<void> =>
    events.includes(event) ? Promise.resolve() : new Promise((resolve) => waiting.push({ event, resolve }));
  return { events, ended, wait };
}

const frame =
  'import os, struct\ndef say(kind, text):\n    os.write(3, struct.pack("<IB", len(text), kind) + text)\ndef order():\n    os.write(4, b"."); os.read(4, 1)\n';

describe.skipIf(reason !== null || 'state' in found)(
  `a live cell${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    if ('state' in found) return;
    const open = (counted: boolean): Promise<LiveCell> =>
      openCell(counted ? found : { ...found, cgroups: null }, {
        kind: { read: [], network: false, over: null },
        limits,
        reservesMemory: false,
        ownFiles: [],
      });

    test('what is said over the channel keeps its place among what is written', async () => {
      const cell = await open(true);
      cell.begin({ cpuMs: 5000, outputBytes: 2 ** 20 });
      const script = `${frame}for i in range(200):\n    os.write(1 + i % 2, b"%d." % i); order(); say(7, b"%d" % i)\n`;
      const heard = start(cell, script);
      expect(await heard.ended).toMatchObject({ code: 0, signal: null, killed: null });
      const streams = ['stdout', 'stderr'];
      const expected = Array.from({ length: 200 }, (_, i) => [`${streams[i % 2]} ${i}.`, `frame 7 ${i}`]).flat();
      expect(heard.events).toEqual(expected);
      await cell.end();
    });

    test('a message of any size arrives whole, and so does its answer', async () => {
      const cell = await open(true);
      const script = `${frame}data = b""\nwhile len(data) < 5 + 3000000: data += os.read(3, 1 << 20)\nview = memoryview(data)\nwhile view: view = view[os.write(3, view):]\n`;
      const heard = start(cell, script);
      const text = 'abc'.repeat(1_000_000);
      cell.send(9, Buffer.from(text));
      await heard.ended;
      expect(heard.events).toEqual([`frame 9 ${text}`]);
      await cell.end();
    });

    test('a program that has ended is started again in the same place', async () => {
      const cell = await open(true);
      await start(cell, 'open("kept", "w").write("1")').ended;
      const heard = start(cell, `${frame}say(1, open("kept").read().encode())`);
      await heard.ended;
      expect(heard.events).toEqual(['frame 1 1']);
      const end = await start(cell, 'import os; os.abort()').ended;
      expect(end).toMatchObject({ code: null, signal: 'SIGABRT' });
      await cell.end();
    });

    test('a program that the kernel does not execute is told', async () => {
      const cell = await open(true);
      const ended = new Promise<ProgramEnd>((resolve, reject) => {
        const nothing = (): void => {};
        const listener = { frame: nothing, output: nothing, omitted: nothing, limit: nothing, lost: nothing };
        cell.start({ argv: ['/nowhere/at/all'], env: {} }, { ...listener, ended: resolve, broken: reject });
      });
      expect((await ended).unstarted).toBe('ENOENT');
      await cell.end();
    });

    test.each([true, false])(
      'memory and CPU time have an end (control groups: %s)',
      async (counted) => {
        const cell = await open(counted);
        const hungry = start(cell, `${frame}say(1, b"")\nheld = []\nwhile True: held.append(b"x" * (1 << 20))`);
        cell.begin({ cpuMs: 5000, outputBytes: 2 ** 20 });
        const end = await hungry.ended;
        // Without groups its address space is limited too, so that Python itself may say no.
        expect(end.isOutOfMemory || (!counted && end.code === 1)).toBe(true);
        const busy = start(cell, 'while True: pass');
        cell.begin({ cpuMs: 300, outputBytes: 2 ** 20 });
        await busy.wait('limit');
        cell.kill();
        expect(await busy.ended).toMatchObject({ killed: 'host', signal: 'SIGKILL' });
        await cell.end();
      },
      60_000,
    );

    test('what goes on after a cell is ended when it uses as much as a cell may', async () => {
      const cell = await open(true);
      const heard = start(cell, 'while True: pass');
      cell.begin({ cpuMs: 10_000, outputBytes: 0 });
      cell.rest();
      cell.begin({ cpuMs: limits.cellCpuMs, outputBytes: 0 });
      cell.rest();
      expect(await heard.ended).toMatchObject({ killed: 'cpu' });
      // Nobody says that the next one's start is over before a look at what was used is due, 2 s after the last.
      const next = start(cell, `${frame}import time\ntime.sleep(2.1)\nsay(1, b"")\ntime.sleep(0.1)`);
      expect(await next.ended).toMatchObject({ code: 0, killed: null });
      await cell.end();
    }, 60_000);

    test('nothing of it is left', async () => {
      const cell = await open(true);
      const heard = start(
        cell,
        `${frame}import subprocess\nsubprocess.Popen(["sleep", "1000"], start_new_session=True)\nsay(1, b"")\nwhile True: pass`,
      );
      await heard.wait('frame 1 ');
      expect(await cell.memoryBytes()).toBeGreaterThan(0);
      const over = expect(heard.ended).rejects.toThrow(/ended/);
      await cell.end();
      await over;
      expect(cell.broken).not.toBeNull();
      await expect(cell.memoryBytes()).rejects.toThrow(/ended/);
    });
  },
);
