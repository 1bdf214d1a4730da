/**
 * What a hostile program would like to have: secrets in every place that a careless judge leaves open,
 * and servers that answer to whoever reaches them. All carry one random word, so that a leak is a fact:
 * the word came out, or a server was called.
 *
 * Programs of the corpus know the places below and never the word.
 */

import { createSocket } from 'node:dgram';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** A TCP server on 127.0.0.1 and ::1, and a UDP server on 127.0.0.1. */
const tcpPort = 47001;
const udpPort = 47002;
/** Programs that serve listen here; the suite tries to call them. */
const openPort = 47123;

const files = [
  join(homedir(), '.ssh', 'id_winnow'),
  '/root/winnow-bait.txt',
  '/home/winnow-bait.txt',
  '/tmp/winnow-bait.txt',
  '/var/tmp/winnow-bait.txt',
  '/srv/winnow-bait.txt',
  '/dev/shm/winnow-bait',
];
const unixSockets = ['/tmp/winnow-bait.sock', '\0winnow-bait'];

export interface Bait {
  /** Whether any of these carries the word. */
  inside(...texts: readonly (Uint8Array | string)[]): boolean;
  /** What was called since the last time it was asked. */
  called(): string[];
  /** Calls what a program may have opened to the world, until the answer is stopped. */
  knock(): { stop(): string[] };
  close(): void;
}

/** Lays everything out. To be called inside a belt only: it writes to the home directory and to /etc/shadow. */
export async function layBait(word: string): Promise<Bait> {
  for (const file of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${word} in ${file}\n`, { mode: 0o644 });
  }
  appendFileSync('/etc/shadow', `bait:${word}:1:::::\n`);
  let calls: string[] = [];
  const servers: Server[] = [];
  const serve = (name: string, where: Parameters<Server['listen']>[0]): Promise<void> =>
    new Promise((resolve) => {
      const server = createServer((socket) => {
        calls.push(name);
        socket.on('error', () => undefined);
        socket.end(`${word} from ${name}\n`);
      });
      server.on('error', () => resolve()); // No IPv6 here: one place less.
      server.listen(where, () => resolve());
      servers.push(server);
    });
  await serve('tcp', { port: tcpPort, host: '127.0.0.1' });
  await serve('tcp6', { port: tcpPort, host: '::1' });
  for (const path of unixSockets) await serve(`unix ${JSON.stringify(path)}`, { path });
  const udp = createSocket('udp4').on('message', () => calls.push('udp'));
  await new Promise<void>((resolve) => udp.bind(udpPort, '127.0.0.1', resolve));
  return {
    inside: (...texts) => texts.some((text) => Buffer.from(text as Uint8Array).includes(word)),
    called: () => {
      const seen = [...new Set(calls)];
      calls = [];
      return seen;
    },
    knock: () => {
      const open = new Set<string>();
      const timer = setInterval(() => {
        for (const host of ['127.0.0.1', '::1']) {
          const socket = connect({ port: openPort, host });
          socket.on('connect', () => {
            open.add(`${host}:${openPort}`);
            socket.destroy();
          });
          socket.on('error', () => undefined);
        }
      }, 50);
      return {
        stop: () => {
          clearInterval(timer);
          return [...open];
        },
      };
    },
    close: () => {
      for (const server of servers) server.close();
      udp.close();
      for (const file of [...files, unixSockets[0] as string]) rmSync(file, { force: true });
    },
  };
}
