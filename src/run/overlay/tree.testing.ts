/** Trees for tests: made of a few lines, and told as one text in which every byte, mode, link and time of files counts. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** @param files contents by path; `-> target` makes a link, a path with `/` at its end a directory */
export function makeTree(root: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(root, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const place = join(root, path);
    mkdirSync(path.endsWith('/') ? place : dirname(place), { recursive: true });
    if (path.endsWith('/')) continue;
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), place);
    else {
      writeFileSync(place, content);
      if (content.startsWith('#!')) chmodSync(place, 0o755);
      // Old, so that nothing here seems to have changed while a program ran.
      utimesSync(place, 1_000_000_000, 1_000_000_000);
    }
  }
}

/** One line for all that lies below, in order of names. @param times tell times of files, and of directories too with `all` */
export function toldTree(root: string, times: 'none' | 'files' | 'all' = 'files'): string {
  const lines: string[] = [];
  const walk = (place: Buffer, shown: string): void => {
    for (const name of readdirSync(place, { encoding: 'buffer' }).sort(Buffer.compare)) {
      const path = Buffer.concat([place, Buffer.from('/'), name]);
      const info = lstatSync(path, { bigint: true });
      const mode = (info.mode & 0o7777n).toString(8);
      const at = `${shown}/${name.toString('latin1')}`;
      if (info.isSymbolicLink()) lines.push(`${at} -> ${readlinkSync(path)}`);
      else if (info.isDirectory()) {
        lines.push(`${at}/ ${mode}${times === 'all' ? ` ${info.mtimeNs}` : ''}`);
        walk(path, at);
      } else if (info.isFile()) {
        const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
        lines.push(`${at} ${mode} ${info.size} ${hash}${times === 'none' ? '' : ` ${info.mtimeNs}`}`);
      } else lines.push(`${at} special`);
    }
  };
  walk(Buffer.from(root), '');
  return lines.join('\n');
}

/** A little of everything that can lie in a directory… */
export const smallTree: Readonly<Record<string, string>> = {
  'a.txt': 'one\ntwo\nthree\n',
  'bin/tool': '#!/bin/sh\necho tool\n',
  'data.bin': 'a\0b',
  'deep/er/b.txt': 'b\n',
  'deep/er/c.txt': 'c\n',
  'empty/': '',
  link: '-> a.txt',
  'made.stamp': 'one\n',
  'made.tool': '#!/bin/sh\n',
  'old name.txt': 'the same bytes\n',
  'still/here.txt': 'nobody touches this\n',
};

/** …and of everything that can be done to it, in Bash. */
export const changingScript = `
echo four >> a.txt; rm -r deep; mkdir -p new/dir; echo x > new/dir/x; chmod 700 bin/tool; mv 'old name.txt' 'new name.txt'
ln -s new/dir/x way; rm link; mkdir link; echo in > link/file; printf 'a\\0c' > data.bin; chmod 700 empty
touch -d @1234567.5 made.stamp; touch -d @1234567 made.tool; chmod 700 made.tool; mkdir -m 500 closed; head -c 100000 /dev/zero > big`;
