/** Where Winnow keeps what it can make again: indexes, compiled programs, snapshots of interpreters. */

/**
 * The user's cache directory for Winnow, by the custom of the platform.
 *
 * @param platform as `process.platform` names it
 * @param home the user's home directory, absolute
 */
export function userCacheDir(platform: string, home: string): string {
  if (platform === 'darwin') return `${home}/Library/Caches/winnow`;
  if (platform === 'win32') return `${home}\\AppData\\Local\\winnow\\cache`;
  return `${home}/.cache/winnow`;
}
