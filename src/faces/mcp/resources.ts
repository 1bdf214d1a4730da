/** Files and symbols as resources, for clients that let a person attach them; and the map of the repository, which needs no name. */
import { join } from 'node:path';
import { type McpServer, ResourceTemplate, type ServerContext } from '@modelcontextprotocol/server';
import { WinnowError } from '../../base/mod.ts';
import type { MapOutput } from '../operations/map.ts';
import type { SearchOutput } from '../operations/search.ts';
import type { ShowOutput } from '../operations/show.ts';
import { harmless, harmlessLines } from '../paint.ts';
import { requireWithin } from '../served/within.ts';
import { fileOf, withId } from './printed.ts';
import type { Call } from './types.ts';

/** A file that a person attaches to a talk; a model reads no larger one. */
const mostBytes = 1024 * 1024;
/** Names that are offered while one is typed. */
const mostOffered = 50;
const mapTokens = 2_000;

export function registerResources(server: McpServer, callOf: (context: ServerContext) => Promise<Call>): void {
  server.registerResource(
    'map',
    'winnow://map',
    { title: 'Map of the repository', description: 'The definitions that matter most', mimeType: 'text/plain' },
    async (uri, context) => {
      const asked = await (await callOf(context)).ask<MapOutput>('map', { budgetTokens: mapTokens });
      return plain(uri, asked.render());
    },
  );
  server.registerResource(
    'file',
    new ResourceTemplate('winnow://file/{+path}', { list: undefined, complete: { path: completePath } }),
    { title: 'A file', description: 'A file of the repository, by its path', mimeType: 'text/plain' },
    async (uri, { path }, context) => {
      const call = await callOf(context);
      const name = decoded(path);
      const file = (await fileOf(name, call.directory, call))?.path ?? name;
      requireWithin(file, call.directory, call.roots.all());
      const { readFileWithin } = await import('../operations/run-files.ts');
      return plain(uri, new TextDecoder().decode(await readFileWithin(file, call.directory, mostBytes)));
    },
  );
  server.registerResource(
    'symbol',
    new ResourceTemplate('winnow://symbol/{+id}', { list: undefined, complete: { id: completeId } }),
    { title: 'A symbol', description: 'The source of a function or class, by its id', mimeType: 'text/plain' },
    async (uri, { id }, context) => {
      const call = await callOf(context);
      const asked = await withId(decoded(id), (one) => call.ask<ShowOutput>('show', { id: one }));
      const { root, shown } = asked.output;
      if (shown !== null) requireWithin(join(root, shown.path), root, call.roots.all());
      return plain(uri, asked.render());
    },
  );

  async function completePath(value: string): Promise<string[]> {
    const found = await offered(value);
    return [...new Set(found.map(({ path }) => harmless(path)))].slice(0, mostOffered);
  }

  async function completeId(value: string): Promise<string[]> {
    return (await offered(value)).map(({ id }) => harmless(id));
  }

  /** What search finds for what has been typed; nothing where it is no query. */
  async function offered(value: string): Promise<SearchOutput['hits']> {
    if (value.trim() === '') return [];
    const call = await callOf(quietContext);
    const asked = await call
      .ask<SearchOutput>('search', { query: value, mode: 'identifier', limit: mostOffered, meaning: 'off' })
      .catch((error: unknown) => {
        if (error instanceof WinnowError) return null;
        throw error;
      });
    return asked?.output.hits ?? [];
  }
}

/** Completion has no request to tell progress to. */
const quietContext = { mcpReq: { signal: new AbortController().signal } } as unknown as ServerContext;

function decoded(variable: string | string[] | undefined): string {
  const text = Array.isArray(variable) ? variable.join('/') : (variable ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    throw new WinnowError('bad-usage', `Expected a path as addresses write it; came ${JSON.stringify(text)}.`);
  }
}

const plain = (uri: URL, text: string) => ({
  contents: [{ uri: uri.href, mimeType: 'text/plain', text: harmlessLines(text) }],
});
