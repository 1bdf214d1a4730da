import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isLiving, processMark } from '../../processmark.ts';
import { becomeHost, livingHost } from './hostlock.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'winnow-hostlock-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const who = { version: '1.0.0', protocol: 1, socketOf: (number: number) => `/none/host-${number}.sock` };
const write = (number: number, mark: string): void =>
  writeFileSync(
    join(directory, `host-${number}.json`),
    JSON.stringify({ number, mark, pid: 1, version: '1', protocol: 1, socket: '/none' }),
  );
/** Of a process that is gone: the number is this one's, and the start another's. */
const goneMark = processMark().replace(/-\d+$/, '-1');

test('the first is the host, and nobody else while it lives', () => {
  expect(livingHost(directory)).toBeNull();
  expect(becomeHost(directory, who)).toMatchObject({ number: 1, pid: process.pid, socket: '/none/host-1.sock' });
  expect(livingHost(directory)).toMatchObject({ number: 1 });
  expect(becomeHost(directory, who)).toBeNull();
  expect(readdirSync(directory)).toEqual(['host-1.json']);
});

test('one that is gone is followed by the next number, and what is lower goes', () => {
  write(3, goneMark);
  write(4, goneMark);
  expect(livingHost(directory)).toBeNull();
  expect(becomeHost(directory, who)).toMatchObject({ number: 5 });
  expect(readdirSync(directory)).toEqual(['host-5.json']);
});

test('a file that is no record tells of no host', () => {
  writeFileSync(join(directory, 'host-2.json'), '{"mark":');
  expect(livingHost(directory)).toBeNull();
  expect(becomeHost(directory, who)).toMatchObject({ number: 3 });
});

test('marks tell this process from others that had its number', () => {
  expect(isLiving(processMark())).toBe(true);
  expect(isLiving(goneMark)).toBe(false);
  for (const mark of ['', '-', 'a-b-c', '1-2', '0-0-0', `${processMark().split('-')[0]}-999999999-1`])
    expect(isLiving(mark)).toBe(false);
});

test('of many that start at once exactly one is the host', async () => {
  write(7, goneMark);
  const code = `
    const { becomeHost } = await import(${JSON.stringify(new URL('./hostlock.ts', import.meta.url).href)});
    const record = becomeHost(${JSON.stringify(directory)}, { version: '1', protocol: 1, socketOf: () => '/none' });
    process.stdout.write(record === null ? 'no' : String(record.number));
    process.stdin.resume();`;
  const children = Array.from({ length: 8 }, () =>
    spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const said = await Promise.all(
    children.map(
      (child) => new Promise<string>((resolve) => child.stdout.once('data', (part) => resolve(String(part)))),
    ),
  );
  for (const child of children) child.kill('SIGKILL');
  expect(said.sort()).toEqual([expect.stringMatching(/^\d+$/), ...Array(7).fill('no')]);
});
