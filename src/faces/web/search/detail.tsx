/** The hit that is chosen: its source, why it was found, what is around it; and the ways from here. */
import { useState } from 'preact/hooks';
import { Code } from '../shell/code.tsx';
import { hrefOf } from '../shell/route.ts';
import { visible } from '../shell/text.tsx';
import { Neighbours } from './neighbours.tsx';
import { bareId, type Hit } from './search.tsx';
import { sourceOf } from './source.ts';
import { Why } from './why.tsx';

const views = { source: 'Source', why: 'Why this hit', neighbours: 'Neighbours' } as const;
type View = keyof typeof views;

interface Props {
  readonly hit: Hit;
  /** Of its repository, absolute; null where that is not known. */
  readonly root: string | null;
  readonly directory: string;
  readonly repo: string;
  readonly question: Record<string, unknown>;
  readonly view: string;
  change(values: Record<string, string | null>): void;
  back(): void;
}

/** Languages of which a function by itself can be run and traced. */
export const traceable: ReadonlySet<string> = new Set(['python', 'javascript', 'typescript']);

/** What editors of the VS Code family open. */
export const editorLink = (root: string, { path, lines }: Pick<Hit, 'path' | 'lines'>): string =>
  `vscode://file${encodeURI(`${root.startsWith('/') ? '' : '/'}${root}/${path}`).replace(/[?#]/g, encodeURIComponent)}:${lines.first}`;

export function Detail({ hit, root, directory, repo, question, view, change, back }: Props) {
  const [copied, setCopied] = useState(false);
  const shown: View = view in views ? (view as View) : 'source';
  const place = `${hit.path}:${hit.lines.first}`;
  const copy = () =>
    navigator.clipboard.writeText(place).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), 1500);
      },
      () => setCopied(false),
    );
  const id = bareId(hit);
  return (
    <section class="detail" aria-label="Chosen hit">
      <header>
        <button type="button" class="back" onClick={back}>
          ← Hits
        </button>
        <h2>{visible(hit.name ?? hit.path)}</h2>
        <p class="where">
          {visible(hit.path)}:{hit.lines.first}–{hit.lines.last}
        </p>
        <div class="ways">
          {root !== null && <a href={editorLink(root, hit)}>Open in editor</a>}
          <button type="button" onClick={copy}>
            {copied ? 'Copied' : 'Copy path:line'}
          </button>
          <a href={hrefOf('graph', { repo, symbol: id })}>Graph</a>
          <a href={hrefOf('run', { repo, id })}>Run</a>
          {traceable.has(hit.language) && <a href={hrefOf('run', { repo, id, do: 'steps' })}>Trace</a>}
        </div>
        <div class="tabs" role="tablist" aria-label="Of this hit">
          {(Object.keys(views) as View[]).map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              id={`tab-${one}`}
              aria-selected={one === shown}
              aria-controls="tab-panel"
              tabIndex={one === shown ? 0 : -1}
              onClick={() => change({ hit: hit.id, view: one })}
              onKeyDown={(event) => {
                const all = Object.keys(views) as View[];
                const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
                if (step === undefined) return;
                event.preventDefault();
                const next = all[(all.indexOf(one) + step + all.length) % all.length] ?? one;
                change({ hit: hit.id, view: next });
                document.getElementById(`tab-${next}`)?.focus();
              }}
            >
              {views[one]}
            </button>
          ))}
        </div>
      </header>
      <div class="panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${shown}`}>
        {shown === 'source' && <Source hit={hit} />}
        {shown === 'why' && <Why hit={hit} question={question} />}
        {shown === 'neighbours' && <Neighbours id={id} directory={directory} repo={repo} />}
      </div>
    </section>
  );
}

function Source({ hit }: { hit: Hit }) {
  const marked = new Set(hit.snippet.map(({ line }) => line));
  if (hit.body === null)
    return (
      <p class="dim pad">The file has changed since it was indexed; its source cannot be shown as it was found.</p>
    );
  return (
    <>
      <Code
        text={sourceOf(hit) ?? ''}
        language={hit.language}
        first={hit.lines.first}
        label={`Source of ${hit.name ?? hit.path}`}
        passing
        lookOfLine={(line) => (marked.has(line) ? 'found-here' : '')}
      />
      {hit.duplicates.length > 0 && (
        <details class="pad">
          <summary>{hit.duplicates.length} with the same text</summary>
          <ul class="plain">
            {hit.duplicates.map((id) => (
              <li key={id}>
                <code>{visible(id)}</code>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
