/** What a reader must know about how much of the repository an answer has seen. */
import type { Completeness } from '../../index/mod.ts';
import { count } from '../paint.ts';

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

/** Sentences for whatever is not plain: files still to be indexed, an index behind the disk. */
export function completenessNotices(completeness: Completeness): string[] {
  const notices: string[] = [];
  if (completeness.pendingFiles > 0) {
    const all = completeness.indexedFiles + completeness.pendingFiles;
    notices.push(
      `the index is partial: ${completeness.indexedFiles.toLocaleString('en')} of ${count(all, 'file')}; \`winnow index\` completes it`,
    );
  }
  if (completeness.stale) notices.push('the index may be behind the files on disk');
  return notices;
}

/** `12 binary, 3 too large`; empty when nothing was left out. */
export function leftOutText(leftOut: Completeness['leftOut']): string {
  return Object.entries(leftOut)
    .filter(([, number]) => number > 0)
    .map(([reason, number]) => `${number.toLocaleString('en')} ${reasons[reason as keyof typeof reasons] ?? reason}`)
    .join(', ');
}
