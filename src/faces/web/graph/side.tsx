/** Beside the picture: what is in its middle, what the pointer is on, and what is drawn. */
import type { ComponentChildren } from 'preact';
import type { GraphOutput } from '../../operations/graph.ts';
import { editorLink } from '../search/detail.tsx';
import type { Place } from '../shell/repositories.ts';
import { hrefOf } from '../shell/route.ts';
import { visible } from '../shell/text.tsx';
import type { Item } from './layout.ts';

interface Props {
  readonly answer: GraphOutput;
  readonly place: Place;
  readonly looked: Item | null;
  readonly view: 'around' | 'impact';
  readonly hops: number;
  readonly relation: readonly string[];
  readonly state: readonly string[];
  change(values: Record<string, string | readonly string[] | null>): void;
  readonly children: ComponentChildren;
}

const states = ['resolved', 'ambiguous', 'observed'];
const relations = [
  'callers',
  'callees',
  'bases',
  'derived',
  'overrides',
  'overridden-by',
  'importers',
  'imports',
  'users',
  'uses',
  'tests',
  'members',
];

export function Side({ answer, place, looked, view, hops, relation, state, change, children }: Props) {
  const { symbol, unresolved, root, through } = answer;
  if (symbol === null) return null;
  return (
    <aside class="side" aria-label="About this symbol">
      <span class={`kind kind-${symbol.kind}`}>{symbol.kind}</span>
      <h2>{visible(symbol.name)}</h2>
      <p class="where">
        {visible(symbol.path)}
        {symbol.lines === null ? '' : `:${symbol.lines.first}`}
      </p>
      {symbol.signature !== null && <code class="signature">{visible(symbol.signature)}</code>}
      <div class="ways">
        <a href={hrefOf('search', { repo: place.name, q: symbol.name, hit: symbol.id })}>Source</a>
        <a href={hrefOf('run', { repo: place.name, id: symbol.id })}>Run</a>
        {symbol.lines !== null && (
          <a href={editorLink(root, { path: symbol.path, lines: symbol.lines })}>Open in editor</a>
        )}
      </div>
      <fieldset class="switch">
        <legend class="hidden">View</legend>
        {(['around', 'impact'] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={view === one}
            onClick={() => change({ view: one === 'around' ? null : one })}
          >
            {one === 'around' ? 'Around it' : 'Impact of a change'}
          </button>
        ))}
      </fieldset>
      {view === 'around' && (
        <div class="choices">
          <label>
            Steps
            <select
              value={String(hops)}
              onChange={({ currentTarget }) =>
                change({ hops: currentTarget.value === '1' ? null : currentTarget.value })
              }
            >
              {['1', '2', '3'].map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <label>
            Relation
            <select
              value={relation[0] ?? ''}
              onChange={({ currentTarget }) => change({ relation: currentTarget.value })}
            >
              <option value="">what tells most</option>
              {relations.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <label>
            Edges
            <select value={state[0] ?? ''} onChange={({ currentTarget }) => change({ state: currentTarget.value })}>
              <option value="">in any state</option>
              {states.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        </div>
      )}
      {looked !== null && (
        <div class="looked">
          <b>{visible(looked.label)}</b>
          <p class="where">{visible(looked.path)}</p>
          <p>{visible(looked.told)}</p>
        </div>
      )}
      {view === 'around' &&
        unresolved !== null &&
        unresolved.ambiguous + unresolved.unknown + unresolved.external > 0 && (
          <p class="dim">
            Calls of <code>{visible(unresolved.name)}</code> that were not plainly resolved: {unresolved.ambiguous}{' '}
            ambiguous, {unresolved.unknown} unknown, {unresolved.external} out of the repository.
          </p>
        )}
      {view === 'around' && through.length > 0 && (
        <p class="dim">
          Calls may also come through{' '}
          {through.map(({ node, callers }, index) => (
            <>
              {index > 0 && ', '}
              <a href={hrefOf('graph', { repo: place.name, symbol: node.id })}>{visible(node.name)}</a> ({callers})
            </>
          ))}
          .
        </p>
      )}
      {children}
    </aside>
  );
}
