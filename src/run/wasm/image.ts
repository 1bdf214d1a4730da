/**
 * A started interpreter as an image: the memory it has after starting, to be put into new instances.
 *
 * Starting Ruby takes half a second, copying what it changed in memory 10 ms. Every job gets a new instance, so
 * nothing can be left over by construction. It holds for modules whose state at rest lies in memory alone: their other
 * globals must be as they were (a stack pointer is, when nothing is running), and no descriptor may be left open.
 */

/** What differs is kept in runs of blocks this long. Smaller ones make more copies, larger ones copy more. */
const blockBytes = 4096;

export interface Image {
  readonly pages: number;
  readonly runs: readonly { readonly at: number; readonly bytes: Uint8Array }[];
}

/**
 * @param fresh memory right after instantiation
 * @param started memory after starting
 */
export function takeImage(fresh: Uint8Array, started: Uint8Array): Image {
  const runs: { at: number; bytes: Uint8Array }[] = [];
  let from = -1;
  for (let at = 0; at <= started.length; at += blockBytes) {
    const isSame = at >= started.length || isSameBlock(fresh, started, at);
    if (!isSame && from < 0) from = at;
    if (isSame && from >= 0) {
      runs.push({ at: from, bytes: started.slice(from, at) });
      from = -1;
    }
  }
  return { pages: started.length / 65_536, runs };
}

function isSameBlock(fresh: Uint8Array, started: Uint8Array, at: number): boolean {
  const end = Math.min(at + blockBytes, started.length);
  if (end <= fresh.length) return Buffer.compare(fresh.subarray(at, end), started.subarray(at, end)) === 0;
  // Past the first size a new memory holds zeros.
  return started.subarray(at, end).every((byte) => byte === 0);
}

/** @throws RangeError when the memory's cap is below the image's size */
export function restoreImage(memory: WebAssembly.Memory, image: Image): void {
  const missing = image.pages - memory.buffer.byteLength / 65_536;
  if (missing > 0) memory.grow(missing);
  const bytes = new Uint8Array(memory.buffer);
  for (const run of image.runs) bytes.set(run.bytes, run.at);
}
