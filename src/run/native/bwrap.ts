/**
 * The command line of bubblewrap for one worker: what of this machine its jobs can see.
 *
 * The system's programs and libraries read-only, a handful of files of /etc, own /proc and /dev, and nothing else: no home
 * directories, no /var, no /run, no /tmp of the host. Places for a job's own files are empty directories here; each job's cell
 * mounts over them (`warden/cell.py`). The root is read-only in the end, so that nothing of a job can stay in it.
 */
import { existsSync, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What programs look for in /etc and may know: libraries, locales, certificates, settings of language runtimes. Never accounts or keys. */
const etcPaths = [
  'alternatives',
  'ca-certificates',
  'ca-certificates.conf',
  'debian_version',
  'fonts',
  'gai.conf',
  'host.conf',
  'java-8-openjdk',
  'java-11-openjdk',
  'java-17-openjdk',
  'java-21-openjdk',
  'java-25-openjdk',
  'java',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'locale.alias',
  'locale.conf',
  'localtime',
  'magic',
  'mime.types',
  'nsswitch.conf',
  'os-release',
  'perl',
  'php',
  'php.d',
  'php.ini',
  'pki/ca-trust',
  'pki/java',
  'pki/tls/certs',
  'protocols',
  'python3',
  'R',
  'rpc',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
];

/** Parts of the root that on merged systems are links into /usr. */
const rootParts = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

export interface View {
  /** Host directories shown at the same path, read-only. */
  readonly read: readonly string[];
  readonly network: boolean;
  /** A directory to work on through an overlay, and where it and the place of its changes are found on this machine. */
  readonly over: { readonly directory: string; readonly lower: string; readonly out: string } | null;
  /** Descriptors of this command, and the file each becomes in there. */
  readonly files: readonly { readonly fd: number; readonly path: string }[];
}

/** Everything before the command to run. */
export function bwrapArguments(view: View): string[] {
  const words = ['--unshare-user', '--unshare-ipc', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try'];
  if (!view.network) words.push('--unshare-net');
  words.push('--die-with-parent', '--new-session', '--uid', '1000', '--gid', '1000', '--hostname', 'sandbox');
  words.push('--ro-bind', '/usr', '/usr');
  for (const part of rootParts) words.push(...rootPart(part));
  for (const name of etcPaths) words.push('--ro-bind-try', `/etc/${name}`, `/etc/${name}`);
  for (const { fd, path } of view.files) words.push('--perms', '0444', '--file', String(fd), path);
  if (view.network && existsSync('/etc/resolv.conf'))
    words.push('--ro-bind', realpathSync('/etc/resolv.conf'), '/etc/resolv.conf');
  words.push('--proc', '/proc', '--dev', '/dev');
  for (const place of ['/work', '/tmp', '/run/cell', '/run/covered']) words.push('--dir', place);
  for (const path of [...view.read].sort()) words.push('--ro-bind', path, path);
  for (const { source, path } of coveredPaths(view.read)) words.push('--ro-bind', path, source);
  if (view.over !== null) {
    words.push('--ro-bind', view.over.lower, '/run/over/lower', '--bind', view.over.out, '/run/over/out');
    // Below these a cell has file systems of its own, and makes the directory there.
    if (!cellPlaces.some((place) => view.over?.directory.startsWith(place))) words.push('--dir', view.over.directory);
  }
  words.push('--remount-ro', '/dev', '--remount-ro', '/', '--chdir', '/work');
  return words;
}

const cellPlaces = ['/work/', '/tmp/', '/dev/shm/'];

/** Readable directories that a cell's own file systems would cover, and where a cell finds them to show them again. */
export function coveredPaths(read: readonly string[]): { readonly source: string; readonly path: string }[] {
  return [...read]
    .sort()
    .filter((path) => cellPlaces.slice(0, 2).some((place) => path.startsWith(place)))
    .map((path, index) => ({ source: `/run/covered/${index}`, path }));
}

/** What a sandbox is made of; shown as a whole, they would take its place. */
const ownPlaces = ['/', '/dev', '/etc', '/proc', '/run', '/tmp', '/usr', '/work', ...rootParts];

/** Why a directory of this machine cannot be shown in a sandbox; null: it can. */
export function whyNotReadable(path: string, hostIsRoot: boolean): string | null {
  if (!path.startsWith('/') || path.split('/').includes('..')) return 'it is not an absolute path without ..';
  if (ownPlaces.includes(path.replace(/(.)\/+$/, '$1'))) return 'the sandbox has its own there';
  if (!existsSync(path)) return 'it does not exist';
  if (!hostIsRoot) return null;
  // Root starts sandboxes as a user without rights, who must be able to reach it.
  for (let part = path; part !== '/'; part = dirname(part))
    if ((statSync(part).mode & 0o001) === 0) return `others than its owner may not enter ${part} (chmod o+x lets them)`;
  return null;
}

/** Why no program can work on a directory of this machine; null: it can. */
export function whyNotWorkable(path: string): string | null {
  if (!path.startsWith('/') || path.split('/').includes('..')) return 'it is not an absolute path without ..';
  const place = path.replace(/(.)\/+$/, '$1');
  if (ownPlaces.includes(place)) return 'the sandbox has its own there';
  if (/^\/(proc|sys|dev|run\/(winnow|cell|covered|over))(\/|$)/.test(place) && !place.startsWith('/dev/shm/'))
    return 'the sandbox has its own there';
  return null;
}

function rootPart(path: string): string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  return stat.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}
