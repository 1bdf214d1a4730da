/**
 * What a cell wrote, kept in bounded memory: the beginning and the end of each stream, in the order in which it came.
 *
 * Kept as a list of outputs whose neighbours of one stream are joined. Past the first half of its budget a stream goes on in a tail, whose
 * oldest bytes are let go. Shown values have a budget of their own: a cell that shows a thousand pictures keeps the first ones.
 */
import type { CellOutput, Shown } from './types.ts';

/** Bytes of one stream that a report keeps, half at its beginning and half at its end: some thousand lines. */
export const keptStreamBytes = 256 * 1024;
/** Bytes of all shown values that a report keeps: a few pictures of a plotting library, each 20 to 500 kB. */
export const keptShownBytes = 16 * 2 ** 20;
/** Outputs of one cell: two streams in turn, line by line, and each costs an object. */
const mostOutputs = 10_000;

type StreamName = 'stdout' | 'stderr';

interface Entry {
  readonly output: Extract<CellOutput, { kind: 'shown' }> | null;
  readonly stream: StreamName | null;
  readonly isTail: boolean;
  pieces: Uint8Array[];
  bytes: number;
}

export class CellRecord {
  readonly written = { stdout: 0, stderr: 0 };
  readonly #omitted = { stdout: 0, stderr: 0 };
  readonly #head = { stdout: keptStreamBytes / 2, stderr: keptStreamBytes / 2 };
  readonly #tailBytes = { stdout: 0, stderr: 0 };
  readonly #entries: Entry[] = [];
  /** Index below which no tail of the stream lies any more. */
  readonly #oldest = { stdout: 0, stderr: 0 };
  #shownBytes = 0;
  #shownOmitted = 0;

  add(output: CellOutput): void {
    if (output.kind === 'shown') {
      const size = shownBytes(output.value);
      if (this.#shownBytes + size > keptShownBytes || this.#entries.length >= mostOutputs) {
        this.#shownOmitted++;
        return;
      }
      this.#shownBytes += size;
      this.#entries.push({ output, stream: null, isTail: false, pieces: [], bytes: size });
      return;
    }
    const { stream } = output;
    this.written[stream] += output.bytes.length;
    const first = Math.min(output.bytes.length, this.#entries.length >= mostOutputs ? 0 : this.#head[stream]);
    if (first > 0) {
      this.#head[stream] -= first;
      this.#append(stream, copyOf(output.bytes, 0, first), false);
    }
    if (first === output.bytes.length) return;
    // A head that had no entry left is over.
    this.#head[stream] = 0;
    const rest = copyOf(output.bytes, Math.max(first, output.bytes.length - keptStreamBytes / 2));
    this.#omitted[stream] += output.bytes.length - first - rest.length;
    this.#append(stream, rest, true);
    this.#tailBytes[stream] += rest.length;
    this.#letGo(stream);
  }

  omit(stream: StreamName, bytes: number): void {
    this.written[stream] += bytes;
    this.#omitted[stream] += bytes;
  }

  get omitted(): { readonly stdout: number; readonly stderr: number } {
    return { ...this.#omitted };
  }

  /** Shown values that were not kept. */
  get shownOmitted(): number {
    return this.#shownOmitted;
  }

  outputs(): CellOutput[] {
    const outputs: CellOutput[] = [];
    for (const { output, stream, pieces, bytes } of this.#entries) {
      if (output !== null) outputs.push(output);
      if (stream === null || bytes === 0) continue;
      const last = outputs.at(-1);
      // A gap between beginning and end must not look like one text.
      const isNext = last?.kind === 'stream' && last.stream === stream && this.#omitted[stream] === 0;
      if (isNext) outputs.pop();
      const all = isNext ? [last.bytes, ...pieces] : pieces;
      outputs.push({ kind: 'stream', stream, bytes: new Uint8Array(Buffer.concat(all)) });
    }
    return outputs;
  }

  #append(stream: StreamName, bytes: Uint8Array, isTail: boolean): void {
    const last = this.#entries.at(-1);
    if (last !== undefined && last.stream === stream && last.isTail === isTail) {
      last.pieces.push(bytes);
      last.bytes += bytes.length;
      // Many small writes: joined now and then, so that a piece per byte does not cost an object per byte.
      if (last.pieces.length > 1000) last.pieces = [new Uint8Array(Buffer.concat(last.pieces))];
      return;
    }
    // Past the bound the order among streams is given up, not the bytes.
    const room = this.#entries.length < mostOutputs + 2;
    const same = room ? undefined : this.#entries.findLast((entry) => entry.stream === stream && entry.isTail);
    if (same !== undefined) {
      same.pieces.push(bytes);
      same.bytes += bytes.length;
    } else this.#entries.push({ output: null, stream, isTail, pieces: [bytes], bytes: bytes.length });
  }

  #letGo(stream: StreamName): void {
    let over = this.#tailBytes[stream] - keptStreamBytes / 2;
    // Rarely and then much, so that letting go costs nothing per write.
    if (over < keptStreamBytes / 4) return;
    for (let at = this.#oldest[stream]; at < this.#entries.length && over > 0; at++) {
      const entry = this.#entries[at];
      if (entry === undefined || entry.stream !== stream || !entry.isTail) continue;
      const whole = Buffer.concat(entry.pieces);
      const gone = Math.min(over, whole.length);
      entry.pieces = [new Uint8Array(whole.subarray(gone))];
      entry.bytes = whole.length - gone;
      over -= gone;
      this.#tailBytes[stream] -= gone;
      this.#omitted[stream] += gone;
      this.#oldest[stream] = at;
    }
  }
}

/** Not by `slice`, which copies nothing where the bytes are a `Buffer`. */
const copyOf = (bytes: Uint8Array, start: number, end?: number): Uint8Array =>
  new Uint8Array(bytes.subarray(start, end));

/** About what a shown value holds, bytes. */
export function shownBytes(value: Shown): number {
  const json = value.json === undefined ? 0 : JSON.stringify(value.json).length;
  const table = value.table === undefined ? 0 : JSON.stringify(value.table.rows).length;
  return value.text.length + json + table + (value.png?.length ?? 0) + 200;
}
