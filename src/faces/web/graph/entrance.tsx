/** The graph before a symbol is named: a name to type, and the most important ones to begin with. */
import { useRef, useState } from 'preact/hooks';
import type { MapOutput } from '../../operations/map.ts';
import type { SearchOutput } from '../../operations/search.ts';
import { useAnswer } from '../shell/api.ts';
import type { PageProps } from '../shell/app.tsx';
import { useKeys } from '../shell/keys.ts';
import { go, hrefOf } from '../shell/route.ts';
import { Notices, Refused, Waiting } from '../shell/states.tsx';
import { visible } from '../shell/text.tsx';

export function Entrance({ place }: PageProps) {
  const [typed, setTyped] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const { directory } = place;
  const found = useAnswer<SearchOutput>(
    'search',
    typed.trim() === '' ? null : { query: typed, directory, limit: 12, meaning: 'off' },
    { delayMs: 60 },
  );
  const map = useAnswer<MapOutput>('map', { directory, budgetTokens: 1200 });
  const nodes =
    typed.trim() === ''
      ? (map.answer?.files ?? []).flatMap(({ symbols }) =>
          symbols.map(({ node }) => ({ id: node.id, name: node.name, kind: node.kind as string, path: node.path })),
        )
      : (found.answer?.hits ?? []).flatMap(({ id, name, kind, path }) =>
          name === null ? [] : [{ id, name, kind: kind as string, path }],
        );
  const asked = typed.trim() === '' ? map : found;
  // The first that is listed; a path, or what stands in no list, as it is typed.
  const enter = (): void => {
    const text = typed.trim();
    const first = found.waiting || text.includes('/') ? undefined : nodes[0];
    if (text !== '') go(hrefOf('graph', { repo: place.name, symbol: first?.id ?? text }));
  };
  useKeys([{ key: '/', does: 'type a name', act: () => input.current?.select() }]);
  return (
    <div class="entrance">
      <label>
        <span class="hidden">Symbol</span>
        <input
          ref={input}
          type="search"
          value={typed}
          placeholder="A function, class, file or directory to begin with"
          spellcheck={false}
          autocapitalize="off"
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          onKeyDown={({ key, isComposing }) => key === 'Enter' && !isComposing && enter()}
        />
      </label>
      <Waiting waiting={asked.waiting} progress={asked.progress} />
      {asked.refusal !== null && <Refused refusal={asked.refusal} again={asked.again} />}
      <h2>{typed.trim() === '' ? 'Most important here' : 'Definitions'}</h2>
      {asked.answer !== null && nodes.length === 0 && (
        <p class="dim">None. A name, a file's path, or a directory with its slash.</p>
      )}
      <ul class="plain doors">
        {nodes.slice(0, 36).map(({ id, name, kind, path }) => (
          <li key={id}>
            <a href={hrefOf('graph', { repo: place.name, symbol: id })}>
              <span class={`kind kind-${kind}`}>{kind}</span> <b>{visible(name)}</b>
              <span class="where">{visible(path)}</span>
            </a>
          </li>
        ))}
      </ul>
      <Notices notices={asked.answer?.notices ?? []} />
    </div>
  );
}
