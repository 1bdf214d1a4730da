/** Search before anything is asked: what can be asked, and the most important definitions of the repository to begin with. */

import type { MapOutput } from '../../operations/map.ts';
import { useAnswer } from '../shell/api.ts';
import type { Place } from '../shell/repositories.ts';
import { hrefOf } from '../shell/route.ts';
import { Notices, Refused, Waiting } from '../shell/states.tsx';
import { visible } from '../shell/text.tsx';

const examples: readonly (readonly [string, string])[] = [
  ['where are errors turned into responses', 'a question'],
  ['parse config -test', 'words, one left out'],
  ['gRC', 'a name by its humps: getReadyCount'],
  ['"not found" kind:function', 'a phrase in functions'],
];

export function Start({ place }: { place: Place }) {
  const map = useAnswer<MapOutput>('map', place.isSet ? null : { directory: place.directory, budgetTokens: 900 });
  return (
    <div class="start">
      <section>
        <h2>Ask for code</h2>
        <ul class="plain examples">
          {examples.map(([query, what]) => (
            <li key={query}>
              <a href={hrefOf('search', { q: query, repo: place.name })}>{query}</a> <span class="dim">{what}</span>
            </li>
          ))}
        </ul>
        <p class="dim">
          <code>lang:go</code> <code>path:src/</code> <code>kind:class</code> <code>name:parse</code> filter.{' '}
          <kbd>?</kbd> lists the keys.
        </p>
      </section>
      <section>
        <h2>Most important here</h2>
        {place.isSet && <p class="dim">Of a set there is no map; choose one of its repositories.</p>}
        <Waiting waiting={map.waiting} progress={map.progress} />
        {map.refusal !== null && <Refused refusal={map.refusal} again={map.again} />}
        {map.answer !== null && (
          <>
            <Notices notices={map.answer.notices} />
            {map.answer.files.length === 0 && (
              <p class="dim">Nothing here defines anything yet. Text is found all the same.</p>
            )}
            <ul class="plain map">
              {map.answer.files.slice(0, 12).map(({ path, symbols }) => (
                <li key={path}>
                  <span class="where">{visible(path)}</span>
                  {symbols.slice(0, 4).map(({ node }) => (
                    <a key={node.id} href={hrefOf('search', { q: node.name, repo: place.name })}>
                      <span class={`kind kind-${node.kind}`}>{node.kind}</span> {visible(node.name)}
                    </a>
                  ))}
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
    </div>
  );
}
