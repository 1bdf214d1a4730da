/**
 * Answers that were paid for once, by the content of what was asked.
 *
 * An answer is kept where asking again would give the same anyway: a temperature of 0, or a seed where the provider has seeds. Of others it would turn independent draws into copies of one, so they are kept only on
 * request. A file for each answer, under two hexadecimal digits of its key; written beside and renamed, so that it is whole or not there. What cannot be
 * read is asked anew, and what cannot be written costs only the next call.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { answerOf, keptOf, readAnswer } from './recording.ts';
import { type CompleteRequest, requestKey } from './request.ts';
import type { Answer, Capability } from './types.ts';

/** `repeatable`: what would come again anyway. `all`: every answer, also of draws. */
export type CacheMode = 'repeatable' | 'all';

export interface CacheOptions {
  /** Made when the first answer is kept. */
  readonly dir: string;
  readonly mode?: CacheMode;
}

export interface Cache {
  find(request: CompleteRequest): Answer | null;
  keep(request: CompleteRequest, answer: Answer): void;
}

/** @param address where it differs from the provider's own: another server may have another model under the name */
export function openCache(
  { dir, mode = 'repeatable' }: CacheOptions,
  id: string,
  address: string,
  capabilities: ReadonlySet<Capability>,
): Cache {
  const isKept = ({ sampling: { temperature, seed } }: CompleteRequest): boolean =>
    mode === 'all' || temperature === 0 || (seed !== undefined && capabilities.has('seed'));
  const pathOf = (request: CompleteRequest): string => {
    const key = requestKey(id, request, address);
    return join(dir, key.slice(0, 2), `${key}.json`);
  };
  return {
    find(request) {
      if (!isKept(request)) return null;
      try {
        const kept = readAnswer(JSON.parse(readFileSync(pathOf(request), 'utf8')));
        return kept === null || kept.replies.length !== request.sampling.count
          ? null
          : { ...answerOf(kept, 'cache'), cost: 0 };
      } catch {
        return null;
      }
    },
    keep(request, answer) {
      if (!isKept(request)) return;
      const path = pathOf(request);
      const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.new`;
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(draft, JSON.stringify(keptOf(answer)));
        renameSync(draft, path);
      } catch {
        rmSync(draft, { force: true });
      }
    },
  };
}
