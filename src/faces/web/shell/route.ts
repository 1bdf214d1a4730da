/**
 * Where the reader is: one page and its parameters, all of it in the address, so that an address can be kept, sent and gone back to.
 *
 * A page reads its state from here and changes it here. What is typed replaces the entry of the history; what is gone to makes one.
 */
import { useEffect, useState } from 'preact/hooks';

export const pages = ['search', 'graph', 'run', 'compare'] as const;
export type Page = (typeof pages)[number];

export interface Route {
  readonly page: Page;
  readonly params: URLSearchParams;
}

type Values = Readonly<Record<string, string | readonly string[] | null | undefined>>;

export function readRoute({ pathname, search } = location): Route {
  const name = pathname.split('/')[1] ?? '';
  return { page: pages.find((page) => page === name) ?? 'search', params: new URLSearchParams(search) };
}

/** @returns the address of a page; values that are empty are left out */
export function hrefOf(page: Page, values: Values): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== null && one !== undefined && one !== '') params.append(name, one as string);
  const text = params.toString();
  return `${page === 'search' ? '/' : `/${page}`}${text === '' ? '' : `?${text}`}`;
}

/** The parameters of this route with some of them changed; null takes one away. */
export function changed({ params }: Route, values: Values): Values {
  const all: Record<string, string | readonly string[] | null> = {};
  for (const name of params.keys()) all[name] = params.getAll(name);
  return { ...all, ...values };
}

const event = 'winnow-route';

/** The entry of the history says that it was come to from these pages, which an address from elsewhere cannot. */
export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  if (href === location.pathname + location.search) return;
  history[how === 'push' ? 'pushState' : 'replaceState']({ here: true }, '', href);
  dispatchEvent(new Event(event));
}

/** The route, kept up to date; links of these pages are followed without loading anything anew. */
export function useRoute(): Route {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const read = () => setRoute(readRoute());
    addEventListener('popstate', read);
    addEventListener(event, read);
    return () => {
      removeEventListener('popstate', read);
      removeEventListener(event, read);
    };
  }, []);
  return route;
}

/** Follows a click on a link of these pages here; others, and clicks that ask for a new tab, are the browser's. */
export function followHere(click: MouseEvent): void {
  if (click.defaultPrevented || click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey)
    return;
  const link = (click.target as Element | null)?.closest?.('a');
  const href = link?.getAttribute('href') ?? '';
  if (!href.startsWith('/') || href.startsWith('//')) return;
  click.preventDefault();
  go(href);
}
