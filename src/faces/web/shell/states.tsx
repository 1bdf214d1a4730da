/** What a page shows while there is no answer, or not a whole one: waiting, refused, nothing, partial. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Progress, Refusal } from './api.ts';
import { grouped, visible } from './text.tsx';

/** A thin line at the top, and what is being done once it has taken a while. Quick answers show neither. */
export function Waiting({ waiting, progress }: { waiting: boolean; progress: Progress | null }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!waiting) return;
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, [waiting]);
  const share = progress?.total ? Math.min(1, progress.done / progress.total) : null;
  return (
    <div class="waiting" role="status" data-waiting={waiting ? 'yes' : 'no'}>
      {waiting && late && (
        <>
          <progress aria-label="waiting" {...(share === null ? {} : { value: share, max: 1 })} />
          {progress !== null && (
            <span class="dim">
              {progress.label}
              {progress.total === null ? '' : ` ${grouped(progress.done)} of ${grouped(progress.total)}`}
              {progress.detail ? ` · ${progress.detail}` : ''}
            </span>
          )}
        </>
      )}
    </div>
  );
}

export function Refused({ refusal, again }: { refusal: Refusal; again?: (() => void) | undefined }) {
  return (
    <div class="refused" role="alert">
      <strong>{refusal.code === 'unreachable' ? 'No answer' : 'This could not be done'}</strong>
      <p>{visible(refusal.message)}</p>
      <p class="dim">
        code: <code>{refusal.code}</code>
      </p>
      {refusal.code === 'unauthorised' ? (
        // The server answers a document without its token with the page that asks for it.
        <button type="button" onClick={() => location.reload()}>
          Give the token
        </button>
      ) : (
        again !== undefined && (
          <button type="button" onClick={again}>
            Try again
          </button>
        )
      )}
    </div>
  );
}

export function Nothing({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="nothing">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** What an answer's reader must know: that it is partial, stale, ambiguous. */
export function Notices({ notices }: { notices: readonly string[] }) {
  if (notices.length === 0) return null;
  return (
    <ul class="notices" aria-label="Notices">
      {notices.map((text) => (
        <li key={text}>{visible(text)}</li>
      ))}
    </ul>
  );
}
