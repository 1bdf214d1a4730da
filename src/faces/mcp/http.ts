/** MCP over streamable HTTP, as a route of the server: `/mcp`. Every request stands alone; roots are those of the server. */
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Hono } from 'hono';
import type { Place } from './place.ts';
import { mcpServer, type Shared } from './server.ts';

export interface McpRoute {
  add(app: Hono): void;
  close(): Promise<void>;
}

/** @param mostBodyBytes of a request, as the server's own */
export function mcpRoute(shared: Shared, place: () => Place, mostBodyBytes: number): McpRoute {
  const { fetch: answer, close } = createMcpHandler(() => mcpServer(shared, place(), { keepsConnection: false }), {
    maxRequestBodySize: mostBodyBytes,
    onerror: () => {}, // Requests that are no MCP: the client is told, and the log has its status.
  });
  return {
    add: (app) => void app.all('/mcp', ({ req }) => answer(req.raw)),
    close,
  };
}
