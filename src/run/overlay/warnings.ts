/**
 * What of a change set a person should look at before it is kept: changes that make other programs run something, and links that lead out.
 *
 * Nothing is refused here, since virtual environments link to the system's Python and a project may mean its hooks. But these act later, outside any
 * sandbox, and in a long diff they are easy to pass over. Risk as such is judged elsewhere (`run/risk/`).
 */
import { posix } from 'node:path';
import type { Told } from './manifest.ts';

/** Paths by which programs of this machine run what is written there. Compared without regard to case, as some file systems do. */
const acting: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/(^|\/)\.git\/hooks\//, 'Git runs it'],
  [/(^|\/)\.git\/(modules\/.+\/)?hooks\//, 'Git runs it'],
  [/(^|\/)\.git\/(modules\/.+\/)?(config(\.worktree)?|info\/attributes)$/, 'it can make Git run commands'],
  [/(^|\/)\.git$/, 'it says where the repository lies'],
  [/(^|\/)\.gitmodules$/, 'it names repositories to be fetched'],
  [/(^|\/)\.(envrc|bashrc|bash_profile|bash_login|profile|zshrc|zshenv|zprofile)$/, 'a shell runs it'],
  [/(^|\/)\.ssh\//, 'it lets others in, or in elsewhere'],
  [/(^|\/)\.vscode\/(tasks|settings|launch)\.json$/, 'an editor runs what it names'],
  [/(^|\/)\.husky\//, 'Git runs it'],
  [/(^|\/)(usercustomize|sitecustomize)\.py$/, 'Python runs it at its start'],
  [/(^|\/)site-packages\/[^/]+\.pth$/, 'Python runs it at its start'],
  [/(^|\/)\.config\/(autostart|systemd)\//, 'it is started with the desktop'],
];

/** Warnings told of one set; a virtual environment of links is one. */
const mostWarnings = 50;

export function warningsOf(told: readonly Told[], special: readonly string[]): string[] {
  const warnings: string[] = [];
  for (const { change } of told) {
    const { path, after } = change;
    // Where format characters are left out of names, `.g\u200cit` is `.git`.
    const seen = path.replaceAll(/\p{Cf}/gu, '').toLowerCase();
    const why = acting.find(([pattern]) => pattern.test(seen))?.[1];
    if (why !== undefined && after?.type !== 'directory') warnings.push(`${path}: ${why}`);
    if (after?.type === 'link' && leadsOut(path, after.target))
      warnings.push(`${path}: a link that leads out of the directory, to ${after.target}`);
  }
  for (const path of special) warnings.push(`${path}: its set-user-ID, set-group-ID or sticky bit is not kept`);
  if (warnings.length <= mostWarnings) return warnings;
  return [...warnings.slice(0, mostWarnings), `and ${warnings.length - mostWarnings} warnings more`];
}

/** By its words alone; links on its way are looked at when they are changes themselves. */
function leadsOut(path: string, target: string): boolean {
  if (target.startsWith('/')) return true;
  const place = posix.join(posix.dirname(path), target);
  return place === '..' || place.startsWith('../');
}
