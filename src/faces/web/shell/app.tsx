/** The frame around every page: name, ways, repository, colours, keys. Each page is loaded when it is first gone to. */
import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Search } from '../search/search.tsx';
import { allKeys, type Key, useKeys } from './keys.ts';
import { here, type Place, type Places, usePlaces } from './repositories.ts';
import { followHere, go, hrefOf, type Page, type Route, useRoute } from './route.ts';
import { nextScheme, schemeNow } from './scheme.ts';
import { Nothing } from './states.tsx';
import { visible } from './text.tsx';

export interface PageProps {
  readonly route: Route;
  readonly place: Place;
  readonly places: Places;
}

const titles: Readonly<Record<Page, string>> = { search: 'Search', graph: 'Graph', run: 'Run', compare: 'Compare' };

const loaders: Readonly<Record<Page, () => Promise<ComponentType<PageProps>>>> = {
  search: async () => Search,
  graph: async () => (await import('../graph/page.tsx')).Graph,
  run: async () => (await import('../run/page.tsx')).Run,
  compare: async () => (await import('../compare/page.tsx')).Compare,
};

export function App() {
  const route = useRoute();
  const places = usePlaces();
  const name = route.params.get('repo') ?? '';
  const place = places.find(name);
  const help = useRef<HTMLDialogElement>(null);
  const [scheme, setScheme] = useState(schemeNow);
  useKeys([
    { key: '?', does: 'these keys', act: () => help.current?.showModal() },
    { key: '1', does: 'Search', act: () => go(hrefOf('search', kept(route))) },
    { key: '2', does: 'Graph', act: () => go(hrefOf('graph', kept(route))) },
    { key: '3', does: 'Run', act: () => go(hrefOf('run', kept(route))) },
    { key: '4', does: 'Compare', act: () => go(hrefOf('compare', kept(route))) },
  ]);
  return (
    // Links are followed here, whichever page they stand on.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click
    // biome-ignore lint/a11y/noStaticElementInteractions: only clicks on links within are followed
    <div class="app" onClick={followHere}>
      <a class="skip" href="#main">
        To the content
      </a>
      <header class="top">
        <a class="brand" href={hrefOf('search', { repo: name })} aria-label="Winnow, search">
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
            <path d="M6 9l5 15 5-11 5 11 5-15" />
          </svg>
          <span>Winnow</span>
        </a>
        <nav aria-label="Pages">
          {(Object.keys(titles) as Page[]).map((page) => (
            <a key={page} href={hrefOf(page, kept(route))} {...(page === route.page ? { 'aria-current': 'page' } : {})}>
              {titles[page]}
            </a>
          ))}
        </nav>
        <RepositoryChoice route={route} places={places} name={name} />
        <button type="button" class="quiet" onClick={() => setScheme(nextScheme())} title={`Colours: ${scheme}`}>
          <span aria-hidden="true">{scheme === 'light' ? '☀' : scheme === 'dark' ? '☾' : '◐'}</span>
          <span class="hidden">Colours: {scheme}</span>
        </button>
        {keepsToken && (
          <button type="button" class="quiet" onClick={leave}>
            Sign out
          </button>
        )}
        <button type="button" class="quiet" onClick={() => help.current?.showModal()} title="Keys">
          <span aria-hidden="true">?</span>
          <span class="hidden">Keys</span>
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        <h1 class="hidden">{titles[route.page]}</h1>
        {place === null && places.known ? (
          <Nothing title="There is no such repository">
            <p>
              Nothing that was added is called <code>{visible(name)}</code>.{' '}
              <a href={hrefOf('search', {})}>Search here</a>, or add it: <code>winnow add PATH</code>.
            </p>
          </Nothing>
        ) : (
          place !== null && <Loaded route={route} place={place} places={places} />
        )}
      </main>
      <Help dialog={help} page={titles[route.page]} />
    </div>
  );
}

/** Whether this browser has the server's token, which the server says: its cookie cannot be read here. */
const keepsToken = document.querySelector<HTMLMetaElement>('meta[name="winnow-token"]')?.content === 'kept';

const leave = (): Promise<void> =>
  fetch('/logout', { method: 'POST' }).then(
    () => location.reload(),
    () => location.reload(),
  );

/** What goes along from page to page. */
const kept = ({ params }: Route) => ({ repo: params.get('repo') });

/** Each is loaded when it is first gone to, and Search at once. */
function Loaded(props: PageProps) {
  const { page } = props.route;
  const [loaded, setLoaded] = useState<{ page: Page; Component: ComponentType<PageProps> } | null>({
    page: 'search',
    Component: Search,
  });
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    document.title = `${titles[page]} · Winnow`;
    setFailed(false);
    let gone = false;
    loaders[page]().then(
      (Component) => gone || setLoaded({ page, Component }),
      () => gone || setFailed(true),
    );
    return () => {
      gone = true;
    };
  }, [page]);
  if (failed)
    return (
      <Nothing title="This page could not be loaded">
        <p>
          Is <code>winnow</code> still running in its terminal? <a href={location.href}>Load it again.</a>
        </p>
      </Nothing>
    );
  if (loaded?.page !== page) return <p class="dim pad">Loading…</p>;
  return <loaded.Component {...props} />;
}

function RepositoryChoice({ route, places, name }: { route: Route; places: Places; name: string }) {
  const { repositories, sets } = places;
  if (repositories.length === 0 && name === '') return <span class="grow" />;
  return (
    <label class="choice grow">
      <span class="hidden">Repository</span>
      <select
        value={name}
        onChange={({ currentTarget: { value } }) => {
          const { q, lang, kind, path, read } = Object.fromEntries(route.params);
          go(
            hrefOf(route.page, route.page === 'search' ? { q, lang, kind, path, read, repo: value } : { repo: value }),
          );
        }}
      >
        <option value={here.name}>this repository</option>
        {route.page === 'search' && sets.length > 0 && (
          <optgroup label="Sets">
            {sets.map((set) => (
              <option key={set} value={`set:${set}`}>
                {set} · {repositories.filter((one) => one.sets.includes(set)).length}
              </option>
            ))}
          </optgroup>
        )}
        <optgroup label="Repositories">
          {repositories.map((one) => (
            <option key={one.name} value={one.name} disabled={one.state === 'missing'}>
              {one.name}
              {one.state === 'missing' ? ' (gone)' : ''}
            </option>
          ))}
        </optgroup>
        {places.known && places.find(name) === null && <option value={name}>{name} (unknown)</option>}
      </select>
    </label>
  );
}

function Help({ dialog, page }: { dialog: { current: HTMLDialogElement | null }; page: string }) {
  const [keys, setKeys] = useState<readonly Key[]>([]);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    // What is there is known when it is opened.
    const observer = new MutationObserver(() => element.open && setKeys(allKeys()));
    observer.observe(element, { attributes: true, attributeFilter: ['open'] });
    return () => observer.disconnect();
  }, [dialog]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title">
      <h2 id="help-title">Keys on {page}</h2>
      <dl>
        {keys.map(({ key, does }) => (
          <div key={`${key}${does}`}>
            <dt>
              <kbd>{names[key] ?? key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

const names: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  ' ': 'Space',
};
