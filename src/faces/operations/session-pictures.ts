/** Pictures that a cell showed, as files of this machine: only where the person said, never through a link that lies there. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { makeDirectory, pngBytes, type ReportData } from '../../run/mod.ts';

export interface PictureTargets {
  /** Absolute; null: only those with files of their own. */
  readonly directory: string | null;
  /** Absolute, for the first pictures. */
  readonly files: readonly string[];
}

/** @returns the files that were written, in the order of the pictures. @throws WinnowError `path-unreadable`, `disk-full` */
export async function savePictures(report: ReportData, { directory, files }: PictureTargets): Promise<string[]> {
  const pictures = report.outputs.flatMap((output) =>
    output.kind === 'shown' && output.png !== undefined ? [output.png] : [],
  );
  const written: string[] = [];
  for (const [index, png] of pictures.entries()) {
    const named = files[index];
    const path = named ?? (directory === null ? null : join(directory, `cell-${report.count}-${index + 1}.png`));
    if (path === null) continue;
    await write(path, pngBytes(png));
    written.push(path);
  }
  return written;
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await makeDirectory(dirname(path));
    const handle = await open(
      path,
      constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
      0o644,
    );
    await handle.writeFile(bytes).finally(() => handle.close());
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
    throw new WinnowError(
      full ? 'disk-full' : 'path-unreadable',
      `${path} could not be written (${message}). ${full ? 'Make room' : 'Fix its permissions'}, or choose another place.`,
      { details: { path }, cause: error },
    );
  }
}
