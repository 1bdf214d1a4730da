/** Named pipes, which is what a shell's `<(command)` gives: read as something comes, so that Ctrl-C is heard meanwhile. */
import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { WinnowError } from '../../base/mod.ts';

/**
 * All that comes until nobody writes any more. A pipe that nobody has opened for writing yet is waited for.
 *
 * @throws WinnowError `bad-usage` when that is more than `mostBytes`, `path-unreadable`; what `signal` aborts with
 */
export async function readPipe(file: string, mostBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of new Socket({ fd: opened(file), readable: true, writable: false, signal })) {
    parts.push(part);
    bytes += part.length;
    if (bytes > mostBytes)
      throw new WinnowError('bad-usage', `${file} gave more than the ${mostBytes} bytes that are allowed.`);
  }
  return Buffer.concat(parts);
}

function opened(file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new WinnowError('path-unreadable', `The pipe ${file} cannot be opened (${code}).`);
  }
}
