import { expect, test } from 'vitest';
import { checkRequest, isLoopback } from './guards.ts';

const guard = { hosts: ['build.example'], token: null };

function code(headers: Record<string, string>, with_: { hosts: readonly string[]; token: string | null } = guard) {
  try {
    checkRequest(new Headers(headers), with_);
    return 'ok';
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

test.each([
  ['localhost:4173', 'ok'],
  ['LOCALHOST', 'ok'],
  ['127.0.0.1:80', 'ok'],
  ['192.168.0.7:80', 'ok'],
  ['[::1]:4173', 'ok'],
  ['build.example:4173', 'ok'],
  ['evil.example', 'origin-refused'],
  ['localhost.evil.example', 'origin-refused'],
  ['127.0.0.1.evil.example', 'origin-refused'],
  ['evil.example#localhost', 'origin-refused'],
  ['user@localhost', 'origin-refused'],
  ['', 'origin-refused'],
])('host %s', (host, expected) => {
  expect(code({ host })).toBe(expected);
});

test('an origin must be the page of this server', () => {
  const host = 'localhost:4173';
  expect(code({ host, origin: 'http://localhost:4173' })).toBe('ok');
  for (const origin of ['http://localhost:4174', 'http://evil.example', 'null', 'https://localhost:4173', ''])
    expect(code({ host, origin })).toBe('origin-refused');
  expect(code({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe('origin-refused');
  expect(code({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe('ok');
});

test('a token is wanted whole, as a header or as the cookie', () => {
  const host = 'localhost';
  const token = 'correct-horse-battery';
  const wants = { hosts: [], token };
  expect(code({ host }, wants)).toBe('unauthorised');
  expect(code({ host, authorization: `Bearer ${token}` }, wants)).toBe('ok');
  expect(code({ host, authorization: `bearer ${token}` }, wants)).toBe('ok');
  for (const wrong of [token.slice(0, -1), `${token}x`, '', token.toUpperCase()])
    expect(code({ host, authorization: `Bearer ${wrong}` }, wants)).toBe('unauthorised');
  expect(code({ host, cookie: `a=b; winnow-token-own=${token}` }, wants)).toBe('ok');
  // Of two servers of one machine each has its own: a browser brings both.
  const both = `winnow-token-81=other; winnow-token-80=${token}`;
  expect(code({ host: `${host}:80`, cookie: both }, wants)).toBe('ok');
  expect(code({ host: `${host}:81`, cookie: both }, wants)).toBe('unauthorised');
  expect(code({ host, cookie: 'winnow-token-own=%' }, wants)).toBe('unauthorised');
});

test('loopback is what only this machine reaches', () => {
  for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost']) expect(isLoopback(host)).toBe(true);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.evil.example', '']) expect(isLoopback(host)).toBe(false);
});
