/** Where the sources of built files may be: packages name what they publish, which is seldom in the repository. */
import { joined } from './ecmascript-config.ts';

/** Directories that builds write to. */
const buildDirectories = new Set(
  'dist lib build out output es esm cjs umd types typings dist-node dist-src dist-types _build .output'.split(' '),
);

export interface BuiltFrom {
  /** Paths without an ending, the likeliest first. */
  readonly candidates: readonly string[];
  /** Directory whose index a bundle may be built from, or null. */
  readonly whole: string | null;
}

/** `packages/a/dist/esm/b.mjs` is built from `packages/a/src/b` or `packages/a/b`. @returns null for what is in no such directory */
export function builtFrom(path: string): BuiltFrom | null {
  const parts = path.split('/');
  const at = parts.findIndex((part) => buildDirectories.has(part));
  if (at < 0) return null;
  let end = at + 1;
  while (end < parts.length - 1 && buildDirectories.has(parts[end] as string)) end++;
  const before = parts.slice(0, at).join('/');
  const rest = parts
    .slice(end)
    .join('/')
    .replace(/\.d\.[mc]?ts$/, '')
    .replace(/(\.(min|prod|dev|production|development|cjs|esm|umd|global|bundle))*\.[mc]?jsx?$/, '');
  const candidates = ['src', 'source', 'lib', '']
    .map((base) => joined(before, `${base}/${rest}`))
    .filter((one): one is string => one !== null && one !== path && one !== '');
  // A bundle is built from all of the sources.
  return { candidates, whole: rest.includes('/') ? null : joined(before, 'src') };
}
