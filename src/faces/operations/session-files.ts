/**
 * `winnow session put` and `get`: files into the work directory of a session and out of it.
 *
 * Both go by parts of some MiB, so a file as large as the session may hold passes through without lying in memory. What comes out was named
 * and written by cells, and is written here with the care of `run --out`.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { type HostClient, openSaving, partBytes, type SessionListing } from '../../run/mod.ts';
import { count, harmless } from '../paint.ts';
import { bytesIn, sizePattern, sizeText } from '../units.ts';
import { filesBeside, requireDirectory } from './run-files.ts';
import { withHost } from './session-client.ts';
import { sessionId } from './session-schemas.ts';
import type { Context, Operation } from './types.ts';

const size = z.string().regex(sizePattern, 'a size such as 64KiB, 512MB or 1GiB was expected');
const whole = z.int().min(0);

const putInput = z.strictObject({
  id: sessionId,
  files: z.array(z.string().min(1)).min(1).describe('Files, directories or quoted patterns'),
  as: z.string().min(1).optional().describe('The path that a single file gets in the work directory'),
});

const putOutput = z.strictObject({
  schema: z.literal('winnow.session.put/1'),
  put: z.array(z.strictObject({ path: z.string(), sizeBytes: whole })),
});

export const sessionPut: Operation<typeof putInput, typeof putOutput> = {
  name: 'session put',
  summary: 'files of this machine into the work directory of a session',
  description: `Copies files into the work directory, over what is there. A file lies there by its path from where the command is typed, or by its own name where it lies elsewhere. Waits for a cell that runs. Files go in parts of ${sizeText(partBytes)}, and may be as large as the session's --file-bytes and --memory allow; a copy of the session by replay has those of up to one part.`,
  examples: [
    { command: 'winnow session put work data.csv', does: 'as data.csv' },
    { command: 'winnow session put work /data/big.parquet --as in/big.parquet', does: 'under another name' },
    { command: "winnow session put work src 'tests/*.json'", does: 'a directory, and what fits a pattern' },
  ],
  input: putInput,
  output: putOutput,
  positional: [
    { property: 'id', label: 'ID' },
    { property: 'files', label: 'FILE', variadic: true },
  ],
  labels: { as: 'PATH' },
  run: async ({ id, files, as }, context) => {
    const found = await filesBeside(files, context.cwd, context.cwd);
    if (as !== undefined && found.length !== 1)
      throw new WinnowError(
        'bad-usage',
        `--as names one file; there are ${found.length}. See \`winnow session put --help\`.`,
      );
    const put: { path: string; sizeBytes: number }[] = [];
    await withHost(context, id, async (host) => {
      for (const [done, { path, name }] of found.entries()) {
        context.progress({ label: 'files put', done, total: found.length, detail: name });
        put.push({ path: as ?? name, sizeBytes: await sendFile(host, id, path, as ?? name, context) });
      }
    });
    return { schema: 'winnow.session.put/1', put };
  },
  render: ({ put }) => `${count(put.length, 'file')} put.\n`,
  exit: () => 0,
};

async function sendFile(host: HostClient, id: string, path: string, name: string, context: Context): Promise<number> {
  const { mode, size } = await stat(path);
  let offset = 0;
  const send = async (bytes: Uint8Array, isWhole: boolean): Promise<void> => {
    try {
      await host.call(
        { verb: 'write', id, path: name, offset, mode: mode & 0o111 ? 0o755 : 0o644, isWhole },
        { data: [bytes], signal: context.signal },
      );
    } catch (error) {
      if (offset > 0) context.notice(`${name} is not whole in the session: the first ${sizeText(offset)} are there.`);
      throw error;
    }
    offset += bytes.length;
  };
  let held: Buffer = Buffer.alloc(0);
  for await (const part of createReadStream(path, { highWaterMark: partBytes }) as AsyncIterable<Buffer>) {
    if (held.length > 0 && held.length + part.length > partBytes) {
      await send(held, false);
      held = part;
    } else held = held.length === 0 ? part : Buffer.concat([held, part]);
  }
  if (offset === 0 || held.length > 0) await send(held, offset === 0);
  if (offset !== size) context.notice(`${path} changed while it was read; ${sizeText(offset)} of it are there.`);
  return offset;
}

const getInput = z.strictObject({
  id: sessionId,
  pattern: z.string().min(1).default('**').describe('Which files: a path or a quoted pattern, such as "out/**/*.csv"'),
  out: z.string().min(1).describe('The directory to write them into, over what is there'),
  limitBytes: size.default('1GiB').describe('Bytes of all files together; what is beyond is left out, and told'),
});

const getOutput = z.strictObject({
  schema: z.literal('winnow.session.get/1'),
  directory: z.string(),
  written: z.array(z.strictObject({ path: z.string(), sizeBytes: whole })),
  skipped: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
});

type GetOutput = z.output<typeof getOutput>;

export const sessionGet: Operation<typeof getInput, typeof getOutput> = {
  name: 'session get',
  summary: 'files of the work directory of a session into a directory of this machine',
  description: `Writes files of a session's work directory into --out, over what is there. Links are not followed and not made, files keep no rights but their owner's, and nothing goes into a .git. Waits for a cell that runs. Exit code 1 when no file fits.`,
  examples: [
    { command: 'winnow session get work --out results', does: 'all of them' },
    { command: "winnow session get work 'plots/*.png' --out pictures", does: 'those that fit a pattern' },
  ],
  input: getInput,
  output: getOutput,
  positional: [
    { property: 'id', label: 'ID' },
    { property: 'pattern', label: 'GLOB' },
  ],
  labels: { out: 'DIR', limitBytes: 'SIZE' },
  run: async ({ id, pattern, out, limitBytes }, context) => {
    await requireDirectory(out, context.cwd, '--out', { mayBeMissing: true });
    return withHost(context, id, async (host) => {
      const listing = await host.call({ verb: 'files', id, pattern }, { signal: context.signal });
      return fetchFiles(
        host,
        id,
        listing,
        { directory: resolve(context.cwd, out), shown: out },
        bytesIn(limitBytes),
        context,
      );
    });
  },
  render: ({ written, skipped, directory }) =>
    [
      `${count(written.length, 'file')} written into ${directory}.`,
      ...skipped.map(({ path, reason }) => `${harmless(path)} was not written: ${harmless(reason)}`),
      '',
    ].join('\n'),
  exit: ({ written }) => (written.length > 0 ? 0 : 1),
};

async function fetchFiles(
  host: HostClient,
  id: string,
  listing: SessionListing,
  to: { readonly directory: string; readonly shown: string },
  limitBytes: number,
  context: Context,
): Promise<GetOutput> {
  const written: GetOutput['written'] = [];
  const skipped: GetOutput['skipped'] = [];
  const saving = await openSaving(to.directory);
  let room = limitBytes;
  for (const [done, { path, kind, sizeBytes, mode }] of listing.files.entries()) {
    context.progress({ label: 'files', done, total: listing.files.length, detail: path });
    if (kind === 'directory') continue;
    if (kind !== 'file')
      skipped.push({ path, reason: `it is ${kind === 'symlink' ? 'a symbolic link' : 'no plain file'}` });
    else if (sizeBytes > room)
      skipped.push({
        path,
        reason: `it has ${sizeText(sizeBytes)}, past the ${sizeText(limitBytes)} of --limit-bytes`,
      });
    else {
      let first: Uint8Array;
      try {
        first = await host.call({ verb: 'read', id, path, offset: 0 }, { signal: context.signal });
      } catch (error) {
        // Gone since it was listed, or of a name that is no text.
        if (!(error instanceof WinnowError) || (error.code !== 'path-not-found' && error.code !== 'bad-job'))
          throw error;
        skipped.push({ path, reason: 'it cannot be read by its name' });
        continue;
      }
      const file = await saving.open(path, mode);
      if ('reason' in file) {
        skipped.push({ path, reason: file.reason });
        continue;
      }
      try {
        let offset = 0;
        for (;;) {
          const part =
            offset === 0 ? first : await host.call({ verb: 'read', id, path, offset }, { signal: context.signal });
          if (part.length === 0) break;
          // It may grow while it is read: a process of a cell that is over may still write.
          if (offset + part.length > room) {
            skipped.push({ path, reason: 'it grew past --limit-bytes while it was read, and was cut there' });
            break;
          }
          await file.write(part);
          offset += part.length;
          if (part.length < partBytes) break;
        }
        room -= offset;
        written.push({ path, sizeBytes: offset });
      } finally {
        await file.close();
      }
    }
  }
  skipped.push(...(listing.unreadable ?? []));
  if (listing.omitted > 0) skipped.push({ path: '…', reason: `${listing.omitted} more files fit; name fewer at once` });
  return { schema: 'winnow.session.get/1', directory: to.shown, written, skipped };
}
