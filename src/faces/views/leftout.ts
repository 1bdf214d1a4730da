/** What was left out of an index, and why, in words. */
import type { Completeness } from '../../index/mod.ts';
import { count, grouped } from '../paint.ts';

/** Reasons for leaving a file out, as a person would say them. `empty` files hold nothing to find. */
const reasons: Readonly<Record<keyof Completeness['leftOut'], string>> = {
  binary: 'binary',
  'too-large': 'too large',
  minified: 'minified',
  empty: 'empty',
  unreadable: 'unreadable',
  'not-a-file': 'not plain files',
  symlink: 'symbolic links',
  'name-not-utf8': 'named in no UTF-8',
  failed: 'failed to parse',
};

/** `12 binary, 3 too large`; empty when nothing was left out. */
export function leftOutText(leftOut: Completeness['leftOut']): string {
  return Object.entries(leftOut)
    .filter(([, number]) => number > 0)
    .map(([reason, number]) => `${grouped(number)} ${reasons[reason as keyof typeof reasons] ?? reason}`)
    .join(', ');
}

/**
 * What an answer has to say about files that it should have come from and did not:
 * those left out by what they are, binary or too large, are told by `winnow index`.
 */
export function unsearchedNotices({ unreadable = 0, failed = 0 }: Completeness['leftOut']): string[] {
  const notices: string[] = [];
  const are = (number: number): string => (number === 1 ? 'is' : 'are');
  if (unreadable > 0) {
    const what = unreadable === 1 ? '1 file or folder' : `${grouped(unreadable)} files or folders`;
    notices.push(`${what} cannot be read and ${are(unreadable)} not searched.`);
  }
  if (failed > 0) notices.push(`${count(failed, 'file')} failed to parse and ${are(failed)} not searched.`);
  return notices;
}
