/** Search: hits as you type, and beside them the one that is chosen, with its source, its reasons and its neighbours. */
import './search.css';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SearchOutput } from '../../operations/search.ts';
import type { SearchReposOutput } from '../../operations/search-repos.ts';
import { useAnswer } from '../shell/api.ts';
import type { PageProps } from '../shell/app.tsx';
import { useKeys } from '../shell/keys.ts';
import { changed, go, hrefOf, type Route, readRoute } from '../shell/route.ts';
import { Nothing, Notices, Refused, Waiting } from '../shell/states.tsx';
import { counted, grouped, visible } from '../shell/text.tsx';
import { Detail, editorLink } from './detail.tsx';
import { Filters } from './filters.tsx';
import { HitRow } from './hit.tsx';
import { questionOf } from './question.ts';
import { Start } from './start.tsx';

export type Answer = SearchOutput | SearchReposOutput;
export type Hit = Answer['hits'][number] & { readonly repository?: string };

const perPage = 20;
const mostHits = 200;
/** Hits of a letter: more than a window shows, and half of what a page of them costs. */
const perGlance = 10;

export function Search({ route, place, places }: PageProps) {
  const { params } = route;
  const text = params.get('q') ?? '';
  const limit = Math.min(mostHits, Math.max(perPage, Number(params.get('n')) || perPage));
  const question = useMemo(() => questionOf(params, place, limit), [params, place.name, place.directory, limit]);
  const { answer, refusal, waiting, progress, again, byWords, noneBy, isStale } = useSearch(question);
  useWholeLater(answer, again, waiting);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const hits = (answer?.hits ?? []) as readonly Hit[];
  const wanted = params.get('hit');
  const opened = wanted !== null;
  const at = wanted === null ? 0 : hits.findIndex((hit) => hit.id === wanted);
  const chosen = hits[at] ?? null;
  const root = answer === null ? null : rootOf(answer, chosen, places.repositories);

  const change = (values: Record<string, string | null>, how: 'push' | 'replace' = 'replace') =>
    go(hrefOf('search', changed(readRoute(), values)), how);
  /** From the hit of the address, which may be ahead of what is drawn when a key is held. */
  const step = (by: number) => {
    const from = readRoute().params.get('hit');
    const index =
      from === null
        ? by > 0 && input.current === document.activeElement
          ? -1
          : 0
        : hits.findIndex(({ id }) => id === from);
    const hit = hits[Math.max(0, Math.min(hits.length - 1, index + by))];
    if (hit === undefined) return;
    go(hrefOf('search', changed(readRoute(), { hit: hit.id })), 'replace');
    list.current?.querySelectorAll('li')[hits.indexOf(hit)]?.scrollIntoView({ block: 'nearest' });
  };
  const leave = () => {
    if (document.activeElement === input.current) input.current?.blur();
    else if (opened) change({ hit: null, view: null });
  };
  /** The hit of the address, which may be ahead of what is drawn. */
  const current = () => hits.find(({ id }) => id === readRoute().params.get('hit')) ?? hits[0] ?? null;
  const look = (view: string) => change({ hit: current()?.id ?? null, view });
  const leaveTo = (page: 'graph' | 'run', name: string, more = {}) => {
    const hit = current();
    if (hit !== null) go(hrefOf(page, { repo: graphPlace(hit, place.name), [name]: bareId(hit), ...more }));
  };
  useKeys([
    { key: '/', does: 'type a query', act: () => input.current?.select() },
    { key: 'j', does: 'next hit', act: () => step(1) },
    { key: 'k', does: 'hit before', act: () => step(-1) },
    { key: 'Enter', does: 'open the hit', act: () => change({ hit: current()?.id ?? null }, 'push') },
    { key: 's', does: 'source of the hit', act: () => look('source') },
    { key: 'w', does: 'why this hit', act: () => look('why') },
    { key: 'n', does: 'neighbours of the hit', act: () => look('neighbours') },
    {
      key: 'o',
      does: 'open it in the editor',
      act: () => {
        const hit = current();
        if (hit !== null && root !== null) location.assign(editorLink(root, hit));
      },
    },
    {
      key: 'g',
      does: 'its graph',
      act: () => leaveTo('graph', 'symbol'),
    },
    {
      key: 'r',
      does: 'run it',
      act: () => leaveTo('run', 'id'),
    },
    {
      key: 't',
      does: 'trace it, step by step',
      act: () => leaveTo('run', 'id', { do: 'steps' }),
    },
    { key: 'Escape', does: 'out of the query, back to the hits', typing: true, act: leave },
  ]);
  useEffect(() => {
    // Where something was asked already, keys go to its hits; on a telephone a keyboard would hide half of the page.
    if (text === '' && matchMedia('(min-width: 800px)').matches) input.current?.focus();
  }, []);

  return (
    <div class={`search ${opened ? 'opened' : ''} ${text === '' && !answer ? 'fresh' : ''}`}>
      <search class="ask">
        <label class="query">
          <span class="hidden">Search code</span>
          <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
            <circle cx="8.5" cy="8.5" r="5.5" />
            <path d="M13 13l4.5 4.5" />
          </svg>
          <input
            ref={input}
            type="search"
            value={text}
            placeholder="Words, a question, a name such as Parser.parse or gRC"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            aria-describedby="found"
            onInput={({ currentTarget: { value } }) => change({ q: value, hit: null, view: null, n: null })}
            onKeyDown={(event) => {
              const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
              if (by !== undefined) {
                event.preventDefault();
                step(by);
              } else if (event.key === 'Enter' && chosen !== null) {
                event.preventDefault();
                change({ hit: chosen.id }, 'push');
                event.currentTarget.blur();
              }
            }}
          />
          <kbd>/</kbd>
        </label>
        <Filters route={route} change={change} />
      </search>
      <Waiting waiting={waiting} progress={progress} />
      {question === null ? (
        <Start place={place} />
      ) : refusal !== null ? (
        <Refused refusal={refusal} again={again} />
      ) : answer === null ? (
        <Skeleton noneBy={noneBy} />
      ) : (
        <div class="panes" data-stale={isStale ? 'yes' : 'no'} data-asked={noneBy ?? answer.query.text}>
          <section class="hits" aria-label="Hits">
            {noneBy === null ? <Found answer={answer} byWords={byWords} /> : <NoneYet />}
            {!byWords && <Notices notices={noticesOf(answer)} />}
            <Clarification answer={answer} change={change} />
            {hits.length === 0 && <NoHits route={route} answer={answer} />}
            <ol ref={list}>
              {hits.map((hit, index) => (
                <HitRow
                  key={hit.id}
                  hit={hit}
                  current={index === at}
                  href={hrefOf('search', changed(route, { hit: hit.id }))}
                />
              ))}
            </ol>
            {hits.length >= limit && limit < mostHits && answer.total.count > hits.length && (
              <button type="button" class="more" onClick={() => change({ n: String(limit + perPage) })}>
                More hits
              </button>
            )}
          </section>
          {chosen !== null && (
            <Detail
              key={chosen.id}
              hit={chosen}
              root={root}
              directory={root ?? place.directory}
              repo={graphPlace(chosen, place.name)}
              question={question}
              view={params.get('view') ?? 'source'}
              change={change}
              back={() => change({ hit: null, view: null })}
            />
          )}
          {chosen === null && opened && hits.length > 0 && (
            <Nothing title="The hit of this address is not among these">
              <p>The code or the query has changed since. Choose another.</p>
            </Nothing>
          )}
        </div>
      )}
    </div>
  );
}

/**
 * Milliseconds after the answer by words in which no letter comes, so that meaning is asked too, and files are looked at: that costs several times what words do, in
 * the same process, so that the next letter would wait for it.
 */
const restMs = 200;

/** The answer of a search. While one types, and while meaning is being read for the first time, that of words from the index as it is. */
function useSearch(question: Record<string, unknown> | null) {
  const isWords = question !== null && 'query' in question;
  const [answered, setAnswered] = useState<string | null>(null);
  const asked = JSON.stringify(question);
  const full = useAnswer<Answer>('search', question, { delayMs: !isWords || answered === asked ? restMs : null });
  const limit = question?.limit === perPage ? perGlance : question?.limit;
  const byWordsAlone = isWords && !full.isCurrent ? { ...question, limit, meaning: 'off', refresh: false } : null;
  const words = useAnswer<Answer>('search', byWordsAlone, { plainly: true });
  useEffect(() => {
    if (words.isCurrent) setAnswered(asked);
  }, [words.isCurrent, asked]);
  const last = useRef<Answer | null>(null);
  if (question === null) last.current = null;
  if (full.isCurrent) {
    last.current = full.answer;
    return { ...full, byWords: false, noneBy: null, isStale: false };
  }
  // What words have not found, meaning may, or files that are not indexed yet: the hits before stay until that is known, and it is told whose they are not.
  const found = words.answer !== null && words.answer.hits.length > 0;
  const byWords = found && words.isCurrent;
  const noneBy = words.isCurrent && !found ? (words.answer?.query.text ?? null) : null;
  if (found) last.current = words.answer;
  return { ...full, refusal: null, answer: last.current, byWords, noneBy, isStale: !byWords };
}

/** An index that is being made is asked again after so long, ms, until it is whole. */
const partialMs = 2_000;

/** Of a repository that is being read an answer is partial: what is found meanwhile comes without being asked for. */
function useWholeLater(answer: Answer | null, again: () => void, waiting: boolean) {
  const isPartial = answer?.schema === 'winnow.search/1' && answer.completeness.pendingFiles > 0;
  useEffect(() => {
    if (!isPartial || waiting) return;
    const timer = setTimeout(again, partialMs);
    return () => clearTimeout(timer);
  }, [isPartial, waiting, answer]);
}

/** A hit of a set belongs to one repository, where it has no repository's name. */
export const bareId = (hit: Hit): string =>
  hit.repository !== undefined && hit.id.startsWith(`${hit.repository}//`)
    ? hit.id.slice(hit.repository.length + 2)
    : hit.id;

const graphPlace = (hit: Hit, place: string): string => hit.repository ?? place;

function rootOf(
  answer: Answer,
  hit: Hit | null,
  repositories: readonly { name: string; root: string }[],
): string | null {
  if (answer.schema === 'winnow.search/1') return answer.root;
  return repositories.find(({ name }) => name === hit?.repository)?.root ?? null;
}

function noticesOf(answer: Answer): readonly string[] {
  if (answer.schema === 'winnow.search/1') return answer.notices;
  const late = answer.repositories.filter(({ state }) => state !== 'current');
  return [
    ...answer.notices,
    ...late.map(({ name, state, reason }) => `${name}: ${state}${reason === null ? '' : `. ${reason}`}`),
  ];
}

function Found({ answer, byWords }: { answer: Answer; byWords: boolean }) {
  const { total, query, hits } = answer;
  const { pendingFiles = 0 } = answer.schema === 'winnow.search/1' ? answer.completeness : {};
  const ms =
    answer.elapsedMs.search + ('refresh' in answer.elapsedMs ? answer.elapsedMs.refresh : answer.elapsedMs.gather);
  return (
    <p id="found" class="found" role="status">
      {hits.length === 0
        ? 'No hits'
        : `${grouped(Math.min(hits.length, total.count))} of ${total.moreThan ? 'more than ' : ''}${grouped(total.count)}`}
      <span class="dim">
        {` · read as ${query.mode === 'identifier' ? 'a name' : query.mode === 'regex' ? 'an expression' : 'words'} · ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`}
      </span>
      {byWords && <span class="partial"> · by words so far</span>}
      {pendingFiles > 0 && <span class="partial"> · partial: {counted(pendingFiles, 'file')} not indexed yet</span>}
    </p>
  );
}

/** In the place of `Found`, while the hits below are still those of the query before. */
const NoneYet = () => (
  <p id="found" class="found" role="status">
    Nothing by words so far<span class="partial"> · meaning is being asked</span>
  </p>
);

function Clarification({ answer, change }: { answer: Answer; change: (values: Record<string, string>) => void }) {
  if (answer.clarification === null) return null;
  const { question, choices } = answer.clarification;
  return (
    <div class="clarify">
      <span>{visible(question)}</span>
      <ul>
        {choices.map(({ narrowing, query, hits }) => (
          <li key={narrowing}>
            <button type="button" class="chip" onClick={() => change({ q: query })}>
              {visible(narrowing)} <span class="dim">{hits}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function NoHits({ route, answer }: { route: Route; answer: Answer }) {
  const filters = ['lang', 'kind', 'path', 'read'].filter((name) => route.params.get(name));
  return (
    <Nothing title="Nothing found">
      {filters.length > 0 && (
        <p>
          <a href={hrefOf('search', changed(route, Object.fromEntries(filters.map((name) => [name, null]))))}>
            Search without the filters
          </a>
        </p>
      )}
      {answer.query.mode === 'identifier' && (
        <p>
          It was read as a name. <a href={hrefOf('search', changed(route, { read: 'words' }))}>Read it as words</a>
        </p>
      )}
      <p class="dim">Fewer or other words find more; a question in plain English works too.</p>
    </Nothing>
  );
}

/** Stands where hits will, so that nothing jumps. */
function Skeleton({ noneBy }: { noneBy: string | null }) {
  return (
    <>
      {noneBy !== null && <NoneYet />}
      <div class="panes skeleton" aria-hidden="true">
        {[1, 2, 3, 4, 5].map((one) => (
          <div key={one} class="bone" />
        ))}
      </div>
    </>
  );
}
