/** What linking one file gives, in columns, with targets as nodes of the table it was linked against. */
import { Column, orderBy, startsOf } from './columns.ts';
import { type EdgeTraits, flagsOf } from './flags.ts';

export const siteReasons = ['external', 'unknown', 'ambiguous'] as const;
export type SiteReason = (typeof siteReasons)[number];

/** Call sites of a file by how they came out; a site is counted once. */
export interface SiteCounts {
  sites: number;
  resolved: number;
  ambiguous: number;
  external: number;
  unknown: number;
}

export interface LinkedFile {
  /** Node, per edge; ascending. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly flags: Uint32Array;
  /** Start of the site in the file. */
  readonly site: Uint32Array;
  /** Call sites that are not resolved, beside each other: node, number of the name, start, length × 4 + reason. */
  readonly openFrom: Uint32Array;
  readonly openName: Uint32Array;
  readonly openSite: Uint32Array;
  readonly openTraits: Uint32Array;
  readonly counts: SiteCounts;
}

export class LinkedBuilder {
  readonly #from = new Column();
  readonly #to = new Column();
  readonly #flags = new Column();
  readonly #site = new Column();
  readonly #openFrom = new Column();
  readonly #openName = new Column();
  readonly #openSite = new Column();
  readonly #openTraits = new Column();
  readonly counts: SiteCounts = { sites: 0, resolved: 0, ambiguous: 0, external: 0, unknown: 0 };

  edge(from: number, to: number, start: number, traits: EdgeTraits): void {
    this.#from.push(from);
    this.#to.push(to);
    this.#flags.push(flagsOf(traits));
    this.#site.push(start);
  }

  open(from: number, name: number, site: { readonly start: number; readonly end: number }, reason: SiteReason): void {
    this.#openFrom.push(from);
    this.#openName.push(name);
    this.#openSite.push(site.start);
    this.#openTraits.push(Math.min(site.end - site.start, 0xffff) * 4 + siteReasons.indexOf(reason));
  }

  /** @param first lowest node of the file @param count nodes it has */
  take(first: number, count: number): LinkedFile {
    const groups = this.#from.view().map((node) => node - first);
    const order = orderBy(groups, startsOf(groups, count));
    const ordered = (column: Column): Uint32Array => order.map((at) => column.at(at));
    return {
      from: ordered(this.#from),
      to: ordered(this.#to),
      flags: ordered(this.#flags),
      site: ordered(this.#site),
      openFrom: this.#openFrom.take(),
      openName: this.#openName.take(),
      openSite: this.#openSite.take(),
      openTraits: this.#openTraits.take(),
      counts: this.counts,
    };
  }
}
