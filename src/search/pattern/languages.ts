/** Languages by the names that people type, and which of them a file may be in, by its name alone. */
import { nearest, WinnowError } from '../../base/mod.ts';
import { knownLanguages } from '../../code/mod.ts';

/** Names of ast-grep's, beside file endings, which are taken too. */
const others: Readonly<Record<string, string>> = {
  'c++': 'cpp',
  'c#': 'csharp',
  golang: 'go',
  shell: 'bash',
};

export interface Languages {
  /** Those with a grammar. */
  readonly names: readonly string[];
  /** @throws WinnowError `bad-query` with the nearest names */
  named(typed: string, at: string): string;
  /** Languages that a file of this name may be in; null when only its content tells. */
  ofFile(name: string): readonly string[] | null;
}

export async function readLanguages(): Promise<Languages> {
  const parsed = (await knownLanguages()).filter(({ form }) => form === 'grammar');
  const all = await knownLanguages();
  const names = parsed.map(({ name }) => name);
  const byEnding = new Map(all.flatMap(({ name, extensions }) => extensions.map((ending) => [ending, name] as const)));
  const byName = new Map(all.flatMap(({ name, fileNames = [] }) => fileNames.map((file) => [file, name] as const)));
  const only = (name: string): readonly string[] => (names.includes(name) ? [name] : []);
  return {
    names,
    named: (typed, at) => {
      const lower = typed.toLowerCase();
      const name = names.includes(lower) ? lower : (others[lower] ?? byEnding.get(lower));
      if (name !== undefined && names.includes(name)) return name;
      const near = nearest(lower, [...names, ...Object.keys(others)]);
      throw new WinnowError(
        'bad-query',
        `${at}: "${typed}" is no language with a grammar.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''} There is ${names.join(', ')}.`,
        { details: { language: typed, nearest: near } },
      );
    },
    ofFile: (file) => {
      const lower = file.toLowerCase();
      const named = byName.get(lower);
      if (named !== undefined) return only(named);
      const dot = lower.lastIndexOf('.');
      const ending = dot === -1 ? '' : lower.slice(dot + 1);
      // A header is C++ when its content looks so.
      if (ending === 'h') return ['c', 'cpp'];
      const known = byEnding.get(ending);
      if (known !== undefined) return only(known);
      // With an ending that nobody knows it is no program; without one its first line tells.
      return dot > 0 ? [] : null;
    },
  };
}
