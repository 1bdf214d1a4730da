/** Asked when all is bound: which scope a name comes from. */
import type { DraftBinding } from './drafts.ts';

/** Which names are bound in which scope, and whether to a definition. */
export class BoundNames {
  readonly #scopes = new Map<string, Map<number, boolean>>();

  constructor(bindings: readonly DraftBinding[]) {
    for (const { kind, name, scope } of bindings) {
      if (kind === 'member') continue;
      let scopes = this.#scopes.get(name);
      if (scopes === undefined) {
        scopes = new Map();
        this.#scopes.set(name, scopes);
      }
      scopes.set(scope, scopes.get(scope) === true || kind === 'symbol' || kind === 'import');
    }
  }

  has(name: string, scope: number): boolean {
    return this.#scopes.get(name)?.has(scope) ?? false;
  }

  isDefinition(name: string, scope: number): boolean {
    return this.#scopes.get(name)?.get(scope) ?? false;
  }
}
