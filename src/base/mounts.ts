/** What is mounted where, as Linux tells it in `/proc/PID/mountinfo` (proc_pid_mountinfo(5)). */

export interface Mount {
  /** Of its file system, what is seen at the point. */
  readonly root: string;
  readonly point: string;
  /** Of the file system: `ext4`, `cgroup2`. */
  readonly type: string;
  /** Of the file system, not of the point. */
  readonly options: readonly string[];
}

/** In the order they were mounted: of several at one point the last is seen. @param mountinfo the file's text; lines that are none are left out */
export function mountsIn(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , root, point] = left.split(' ');
    const [type = '', , options = ''] = right.split(' ');
    if (root === undefined || point === undefined || type === '') return [];
    return [{ root: plain(root), point: plain(point), type, options: options.split(',') }];
  });
}

/** White space and backslashes are written as three octal digits. */
const plain = (path: string): string =>
  path.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
