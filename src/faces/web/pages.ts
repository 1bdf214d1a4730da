/**
 * The pages on a server: their files, and one document for every address of theirs.
 *
 * The document's policy lets nothing in but what this server has: no script but the bundle's, no style but the bundle's and, by a number
 * used once, the editor's; no frame, no form, no other host. So text of a repository that became markup by a mistake could still do nothing.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Hono } from 'hono';
import { tokenCookie } from '../http/guards.ts';
import { builtPages } from './build.ts';

/** Addresses of pages; which page is shown, and what on it, is the page's own affair. */
const addresses = ['/', '/graph', '/run', '/compare'];

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PagesOptions {
  /** A directory to build in where the checkout cannot be written. */
  readonly cacheDir: string;
}

/** @returns what adds the pages' routes to a server */
export function pagesOf({ cacheDir }: PagesOptions): (app: Hono) => void {
  let looking: Promise<string> | null = null;
  let last: string | null = null;
  /** Each document looks whether the sources are still those of the bundle; who comes meanwhile waits for the same look. */
  const fresh = async (): Promise<string> => {
    looking ??= builtPages(cacheDir).finally(() => {
      looking = null;
    });
    last = await looking;
    return last;
  };
  return (app) => {
    for (const address of addresses)
      app.get(address, async (request) => {
        const nonce = randomBytes(16).toString('base64');
        const text = await readFile(join(await fresh(), 'index.html'), 'utf8');
        request.header('content-security-policy', policy(nonce));
        request.header('cache-control', 'no-store');
        const byToken = (request.req.header('cookie') ?? '').includes(`${tokenCookie(request.req.header('host'))}=`)
          ? 'kept'
          : 'none';
        return request.html(text.replace('WINNOW-NONCE', nonce).replace('WINNOW-TOKEN', byToken));
      });
    app.get('/assets/:name', async (request, next) => {
      const name = request.req.param('name');
      const type = types[extname(name)];
      if (type === undefined || !/^[\w.-]+$/.test(name)) return next();
      const bytes = await readFile(join(last ?? (await fresh()), 'assets', name)).catch(() => null);
      if (bytes === null) return next();
      // Its name changes with its content.
      return request.body(new Uint8Array(bytes), 200, {
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
      });
    });
  };
}

const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
