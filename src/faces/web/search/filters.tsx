/** What narrows a search: language, kind, path, and how the query is read. */
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shell/api.ts';
import type { Route } from '../shell/route.ts';
import { readings } from './question.ts';

/** Kinds that people filter by; the others can be typed as kind:NAME. */
const kinds = ['function', 'method', 'class', 'interface', 'struct', 'enum', 'type', 'constant', 'module', 'section'];

interface Props {
  readonly route: Route;
  change(values: Record<string, string | null>): void;
}

export function Filters({ route: { params }, change }: Props) {
  const languages = useLanguages();
  const set =
    (name: string) =>
    ({ currentTarget: { value } }: { currentTarget: HTMLSelectElement | HTMLInputElement }) =>
      change({ [name]: value, hit: null, n: null });
  const value = (name: string) => params.get(name) ?? '';
  const active = ['lang', 'kind', 'path', 'read'].some((name) => value(name) !== '');
  return (
    <div class="filters">
      <label>
        <span class="hidden">Language</span>
        <select value={value('lang')} onChange={set('lang')} data-set={value('lang') !== ''}>
          <option value="">any language</option>
          {[...new Set([...languages, value('lang')])]
            .filter((one) => one !== '')
            .map((name) => (
              <option key={name}>{name}</option>
            ))}
        </select>
      </label>
      <label>
        <span class="hidden">Kind</span>
        <select value={value('kind')} onChange={set('kind')} data-set={value('kind') !== ''}>
          <option value="">any kind</option>
          {[...new Set([...kinds, value('kind')])]
            .filter((one) => one !== '')
            .map((name) => (
              <option key={name}>{name}</option>
            ))}
        </select>
      </label>
      <label>
        <span class="hidden">Path</span>
        <input
          type="text"
          value={value('path')}
          placeholder="any path"
          spellcheck={false}
          autocapitalize="off"
          data-set={value('path') !== ''}
          onInput={set('path')}
        />
      </label>
      <label>
        <span class="hidden">Read as</span>
        <select
          value={value('read') || 'auto'}
          onChange={({ currentTarget }) =>
            change({ read: currentTarget.value === 'auto' ? null : currentTarget.value, hit: null })
          }
          data-set={value('read') !== ''}
        >
          {readings.map((one) => (
            <option key={one} value={one}>
              {
                {
                  auto: 'read as it looks',
                  words: 'as words',
                  identifier: 'as a name',
                  regex: 'as an expression',
                }[one]
              }
            </option>
          ))}
        </select>
      </label>
      {active && (
        <button
          type="button"
          class="quiet"
          onClick={() => change({ lang: null, kind: null, path: null, read: null, hit: null })}
        >
          clear filters
        </button>
      )}
    </div>
  );
}

function useLanguages(): readonly string[] {
  const [languages, setLanguages] = useState<readonly string[]>([]);
  useEffect(() => {
    ask<{ languages: { name: string }[] }>('languages', {}).then(
      (answer) => setLanguages(answer.languages.map(({ name }) => name)),
      // Without the list a language can still be typed as lang:NAME; what is wrong is told by the search itself.
      () => setLanguages([]),
    );
  }, []);
  return languages;
}
