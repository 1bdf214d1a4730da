/**
 * Server-sent events, to a reader that may be slow or gone.
 *
 * Progress is dropped while the reader has not taken what was sent before: it is old by then. Everything else waits, up to a bound,
 * past which the stream is cut. A comment every 15 s keeps what stands between from closing it.
 */
import type { Context as Request } from 'hono';
import type { Serving } from './app.ts';

const aliveEveryMs = 15_000;
/** Bytes that may wait for a reader. The largest answers are some megabytes. */
const mostWaitingBytes = 64 * 1024 * 1024;

export interface Events {
  send(event: string, data: unknown): void;
  /** Only when the reader has taken all that was sent. */
  whenRead(event: string, data: unknown): void;
}

/** @param work sends; `gone` tells that the reader has left */
export function eventStream(
  request: Request,
  { metrics, log }: Serving,
  work: (events: Events, gone: AbortSignal) => Promise<void>,
): Response {
  const left = new AbortController();
  const encoder = new TextEncoder();
  let alive: NodeJS.Timeout | undefined;
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (reader) => {
        metrics.streams++;
        let isOpen = true;
        const put = (text: string): void => {
          if (!isOpen || left.signal.aborted) return;
          if (-(reader.desiredSize ?? 0) > mostWaitingBytes) {
            left.abort();
            reader.error(new Error('the reader takes nothing'));
          } else reader.enqueue(encoder.encode(text));
        };
        const send = (event: string, data: unknown): void => put(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
        const events = {
          send,
          whenRead: (event: string, data: unknown) => {
            if ((reader.desiredSize ?? 0) > 0) send(event, data);
          },
        };
        alive = setInterval(() => put(': alive\n\n'), aliveEveryMs);
        const end = (): void => {
          clearInterval(alive);
          metrics.streams--;
          isOpen = false;
          try {
            reader.close();
          } catch {
            // It was cut or left; then it is closed.
          }
        };
        work(events, left.signal)
          .catch((error) => log.error({ err: error }, 'an event stream failed'))
          .finally(end);
      },
      cancel: () => left.abort(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 16 * 1024 }),
  );
  return request.body(stream, 200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
}
