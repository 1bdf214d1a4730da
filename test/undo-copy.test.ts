/**
 * A run over a directory that no overlay can be had over, by a user without rights: over an overlay over an overlay, which is as deep as Linux goes.
 *
 * Those are mounted in a mount namespace of the test's own, so all commands run in one shell there. Containers show their files by an overlay too, so keeping and
 * undoing on one is a user's everyday case.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeTree } from '../src/run/overlay/tree.testing.ts';
import { environment, launcher, workspace } from './program.ts';

const { dir, remove } = workspace();
chmodSync(dir, 0o755);
afterAll(remove);

const layers = ['below', 'upper1', 'work1', 'first', 'upper2', 'work2', 'second', 'home', 'large'];
const [tree, home] = [join(dir, 'second'), join(dir, 'home')];
const mounts = `set -e; cd ${dir}
chown -R 1000:1000 ${layers.join(' ')}
mount -t overlay overlay -o lowerdir=below,upperdir=upper1,workdir=work1 first
mount -t overlay overlay -o lowerdir=first,upperdir=upper2,workdir=work2 second
set +e`;
const script = `
echo more >> a.txt; echo new > made; rm -r gone; chmod 700 sub; mv sub/f 'sub/g h'; rm link; ln -s made link; mv moving moved; rm pipe; mkdir fresh; echo x > fresh/x`;
const asUser = 'setpriv --reuid 1000 --regid 1000 --clear-groups';
const told = `(cd ${tree}; find . -printf '%p %y %m %s %T@ %l\\n' | sort; find . -type f | sort | xargs -d '\\n' sha256sum)`;

/** What each of some shell lines prints and ends with, where the overlays stand. Lines that say `winnow` are those of the user without rights. */
function inside(lines: readonly string[]): { output: string; code: number }[] {
  const own = `${asUser} ${process.execPath} ${launcher}`;
  const marked = lines.map((line) => `${line.replace(/^winnow/, own)}; echo; echo "=== $?"`);
  const { stdout } = spawnSync('unshare', ['-m', 'sh', '-c', `exec 2>&1\n${mounts}\n${marked.join('\n')}`], {
    encoding: 'utf8',
    env: environment(home),
    timeout: 120_000,
  });
  const parts = stdout.split(/\n=== (\d+)\n/);
  return lines.map((_, at) => ({ output: parts[2 * at] ?? '', code: Number(parts[2 * at + 1] ?? Number.NaN) }));
}

for (const layer of layers) mkdirSync(join(dir, layer));
makeTree(join(dir, 'below'), {
  'a.txt': 'a\n',
  'gone/deep/b.txt': 'b\n',
  'sub/f': 'f\n',
  'moving/in/c.txt': 'c\n',
  link: '-> a.txt',
  'still.txt': 'still\n',
});
writeFileSync(join(dir, 'script.sh'), script);
const isPossible =
  process.platform === 'linux' && process.getuid?.() === 0 && inside(['winnow --version'])[0]?.code === 0;
const why = isPossible ? '' : ' (skipped: only root mounts overlays here)';

test.skipIf(!isPossible)(
  `where no overlay can be had the program works on a copy; it is kept, and undone${why}`,
  { timeout: 150_000 },
  () => {
    const [, before, ran, unchanged, kept, after, undone, again, , tooLarge] = inside([
      `${asUser} mkfifo ${tree}/pipe`,
      told,
      `winnow run ${dir}/script.sh --in ${tree}`,
      told,
      'winnow keep last',
      told,
      'winnow undo last',
      told,
      `truncate -s 600M ${tree}/big`,
      `winnow run ${dir}/script.sh --in ${tree}`,
    ]);
    expect(ran?.output).toContain(`no overlay can be had over ${tree}`);
    expect(ran?.output).toContain('so the program worked on a copy');
    for (const line of ['~ a.txt', '+ made', '- gone/deep/b.txt', 'm sub/ (755 → 700)', '→ sub/f → sub/g h', '- pipe'])
      expect(ran?.output).toContain(line);
    expect(ran?.output).not.toContain('still.txt');
    expect(unchanged?.output).toBe(before?.output);
    expect(kept).toMatchObject({ code: 0, output: expect.stringContaining('kept in') });
    expect(after?.output).toContain('./moved/in/c.txt f');
    expect(after?.output).not.toMatch(/gone|moving|pipe/);
    expect(undone).toMatchObject({ code: 0, output: expect.stringContaining('undone: ') });
    expect(again?.output).toBe(before?.output);
    expect(tooLarge?.output).toContain('a copy would take more than');
    expect(readdirSync(join(home, 'undo/entries'))).toHaveLength(1);
  },
);
