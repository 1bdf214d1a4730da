/** The pages, as routes of the server: static files; what is not one of them falls through to the server's own 404. */
import type { Hono } from 'hono';

/** Adds `/` and what pages load. Guards of the server have let the request through. */
export function pages(app: Hono): void {
  app.get('/', (request) => request.text('Winnow. GET /openapi.json describes what can be asked.\n'));
}
