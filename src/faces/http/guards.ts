/**
 * Who may ask: what is held against a request before anything else looks at it.
 *
 * A page of anybody's that a browser shows can send requests to this machine's loopback, and by DNS rebinding read the answers. So the
 * `Host` must be a name that only this server has: `localhost`, an address in numbers (which nobody's name server can hand out), or one
 * that was allowed; and an `Origin`, where there is one, must be the page that this very server serves.
 */
import { timingSafeEqual } from 'node:crypto';
import { WinnowError } from '../../base/mod.ts';

export interface Guard {
  /** Names beside `localhost` and addresses in numbers, in lower case. */
  readonly hosts: readonly string[];
  /** Null: none is wanted. */
  readonly token: string | null;
}

/** Where a browser that was given the token once keeps it. Cookies know no ports: servers side by side would take each other's away. */
export const tokenCookie = (host: string | null | undefined): string =>
  `winnow-token-${/:(\d+)$/.exec(host ?? '')?.[1] ?? 'own'}`;

/** @throws WinnowError `origin-refused`, `unauthorised` */
export function checkRequest(headers: Headers, { hosts, token }: Guard): void {
  const host = headers.get('host') ?? '';
  const name = hostName(host);
  if (name === null || !(name === 'localhost' || isAddress(name) || hosts.includes(name)))
    throw new WinnowError(
      'origin-refused',
      `Expected a Host that is this server’s: localhost, an address in numbers${hosts.map((one) => `, ${one}`).join('')}; came ${JSON.stringify(host.slice(0, 200))}. Start the server with --allow-host for another name.`,
    );
  const origin = headers.get('origin');
  // A server that others reach may have a proxy with TLS in front, whose pages are its own.
  const own = token === null ? ['http'] : ['http', 'https'];
  if (origin !== null && !own.some((scheme) => origin.toLowerCase() === `${scheme}://${host.toLowerCase()}`))
    throw new WinnowError(
      'origin-refused',
      `The request came from a page of ${JSON.stringify(origin.slice(0, 200))}; only pages of this server may ask it.`,
    );
  if (origin === null && headers.get('sec-fetch-site') === 'cross-site' && headers.get('sec-fetch-mode') !== 'navigate')
    throw new WinnowError(
      'origin-refused',
      'The request came from a page of another site; only pages of this server may ask it.',
    );
  if (token !== null && !isToken(tokenIn(headers), token))
    throw new WinnowError('unauthorised', 'Expected the server’s token: Authorization: Bearer TOKEN.');
}

/** Of `name:80` and `[::1]:80` the name, in lower case; null where it is none. */
function hostName(host: string): string | null {
  const [, six, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (six ?? name)?.toLowerCase() ?? null;
}

/** In numbers. What stands in square brackets can be nothing else, and no name holds a colon. */
const isAddress = (name: string): boolean => name.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(name);

function tokenIn(headers: Headers): string {
  const bearer = /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const cookies = (headers.get('cookie') ?? '').split(/; */);
  const name = tokenCookie(headers.get('host'));
  const kept = cookies.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  try {
    return decodeURIComponent(kept);
  } catch {
    return '';
  }
}

/** In a time that does not tell how much of it was right. */
export function isToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
