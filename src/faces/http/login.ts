/**
 * The way in for a person: a page that asks for the server's token, where a program would send it as a header.
 *
 * The token is sent in the body of a form, so that it stands in no address, history or log, and is answered with a cookie that scripts cannot read (`HttpOnly`) and that
 * requests from other sites do not bring (`SameSite=Strict`). Storage of the session was the other choice: every script of the page could read it there, and a
 * page that is loaded could not bring it. The page has no script at all, and nothing of a request is put into it but the address to go on to.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hono, Context as Request } from 'hono';
import { systemClock } from '../../base/mod.ts';
import { checkRequest, type Guard, isToken, tokenCookie } from './guards.ts';

/** Tokens that are none, in a minute, after which none is looked at: with 16 characters guessing leads nowhere, and this keeps it from being work. */
const mostWrong = 20;
const minuteMs = 60_000;
/** Before a wrong one is answered. */
const pauseMs = 500;
/** Bytes of the form. */
const mostBytes = 8_192;

const cookieOf = (value: string, request: Request): string =>
  `${tokenCookie(request.req.header('host'))}=${encodeURIComponent(value)}; Path=/; HttpOnly; SameSite=Strict${(request.req.header('origin') ?? '').startsWith('https:') ? '; Secure' : ''}`;

export interface Login {
  /** `POST /login` and `POST /logout`; before the guard, since who asks has no token yet. */
  readonly add: (app: Hono) => void;
  /** Of an address with the token: the cookie, and the same address without it. Null: it has none that is right. */
  readonly byAddress: (request: Request) => Response | null;
  /** For a browser that wants a page and has no token. Null: whoever asks is none. */
  readonly page: (request: Request) => Response | null;
}

export function loginOf(guard: Guard): Login {
  let wrong: number[] = [];
  const told = (request: Request, next: string, problem: string, status: 401 | 413 | 429): Response => {
    const nonce = randomBytes(16).toString('base64');
    request.header('content-security-policy', policy(nonce));
    request.header('cache-control', 'no-store');
    // Without an origin the form's own request would look like another site's.
    request.header('referrer-policy', 'same-origin');
    return request.html(documentOf(nonce, next, problem, again(request)), status);
  };
  return {
    add: (app) => {
      // Where a wrong token was answered this is the address of the page: who goes there again comes back to the pages.
      app.get('/login', (request) => request.redirect('/', 303));
      app.post('/login', async (request) => {
        checkRequest(request.req.raw.headers, { ...guard, token: null });
        if (
          Number(request.req.header('content-length') ?? Number.NaN) > mostBytes ||
          request.req.header('transfer-encoding')
        )
          return told(request, '/', 'This is longer than a token can be.', 413);
        const form = new URLSearchParams(await request.req.text());
        const next = placeOf(form.get('next') ?? '/');
        const now = systemClock.elapsedMs();
        wrong = wrong.filter((at) => now - at < minuteMs);
        if (wrong.length >= mostWrong)
          return told(request, next, 'Too many tokens were wrong. Wait a minute, then try again.', 429);
        if (guard.token === null || isToken((form.get('token') ?? '').trim(), guard.token)) {
          if (guard.token !== null) request.header('set-cookie', cookieOf(guard.token, request));
          return request.redirect(next, 303);
        }
        wrong.push(now);
        await sleep(pauseMs);
        return told(request, next, 'This is not the token of this server.', 401);
      });
      app.post('/logout', (request) => {
        checkRequest(request.req.raw.headers, { ...guard, token: null });
        request.header('set-cookie', `${cookieOf('', request)}; Max-Age=0`);
        return request.redirect('/', 303);
      });
    },
    byAddress: (request) => {
      const given = request.req.query('token');
      if (guard.token === null || given === undefined || !/^(GET|HEAD)$/.test(request.req.method)) return null;
      if (!isToken(given, guard.token)) return null;
      request.header('set-cookie', cookieOf(guard.token, request));
      return request.redirect(withoutToken(request), 303);
    },
    page: (request) => {
      const wantsPage = request.req.method === 'GET' && /\btext\/html\b/.test(request.req.header('accept') ?? '');
      const problem =
        request.req.query('token') === undefined ? '' : 'The token of the address is not that of this server.';
      return wantsPage ? told(request, withoutToken(request), problem, 401) : null;
    },
  };
}

/** A browser that comes from another site's link does not bring the cookie that it has; coming again from this page it does. */
const again = (request: Request): boolean => request.req.header('sec-fetch-site') === 'cross-site';

function withoutToken(request: Request): string {
  const address = new URL(request.req.url);
  address.searchParams.delete('token');
  return placeOf(address.pathname + address.search);
}

/** A place on this server and nowhere else: `//evil.example` and `/\evil.example` are other servers. */
function placeOf(given: string): string {
  const own = 'http://winnow.invalid';
  const address = URL.canParse(given, own) ? new URL(given, own) : null;
  return address?.origin === own && given.startsWith('/') && !/^\/+log(in|out)$/.test(address.pathname)
    ? address.pathname.replace(/^\/+/, '/') + address.search
    : '/';
}

const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

const documentOf = (nonce: string, next: string, problem: string, reloads: boolean): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${reloads ? '<meta http-equiv="refresh" content="0">' : ''}
<title>Token · Winnow</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px;
  background: light-dark(#fbfbfa, #131518); color: light-dark(#1d1f22, #e6e7e9);
  font: 14px / 1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", sans-serif; }
main { width: 100%; max-width: 380px; padding: 24px; border-radius: 8px;
  background: light-dark(#ffffff, #1a1d21); border: 1px solid light-dark(#e3e3df, #2c3036); }
h1 { margin: 0 0 4px; font-size: 18px; }
p { margin: 0 0 16px; color: light-dark(#5d6268, #9ba2ab); }
p.bad { padding: 8px 10px; border-radius: 8px; color: light-dark(#a8201a, #ff938a); background: light-dark(#fdecea, #3a1917); }
label { display: block; font-weight: 600; margin-bottom: 4px; }
input { width: 100%; padding: 9px 10px; font: 14px ui-monospace, "DejaVu Sans Mono", Consolas, monospace; border-radius: 8px;
  color: inherit; background: light-dark(#ffffff, #0f1113); border: 1px solid light-dark(#8b8b85, #6d747d); }
button { margin-top: 12px; width: 100%; padding: 9px; font: 600 14px inherit; font-family: inherit; border: 0; border-radius: 8px;
  color: light-dark(#ffffff, #06211e); background: light-dark(#0f6b64, #5fd4c4); cursor: pointer; }
:focus-visible { outline: 2px solid light-dark(#0f6b64, #5fd4c4); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>Winnow</h1>
<p>This server answers who has its token. Whoever started it has put it into an environment variable.</p>
${problem === '' ? '' : `<p class="bad" role="alert">${escaped(problem)}</p>`}
<form method="post" action="/login">
<input type="hidden" name="next" value="${escaped(next)}">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus spellcheck="false">
<button type="submit">Go on</button>
</form>
</main>
</body>
</html>
`;
