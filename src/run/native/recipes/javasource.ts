/**
 * The little that must be known of a Java source before it is compiled: the name of its public type, and which
 * class has `main`. Found on the text without comments, strings and bodies; javac judges the rest.
 */

/** The public top-level type, whose name the file must bear; null when there is none. */
export function publicTypeOf(source: string): string | null {
  const found = types(bare(source)).find(({ isPublic }) => isPublic);
  return found?.name ?? null;
}

/**
 * The class to start, with its package: the first top-level type that declares a `main`, else the public one,
 * else the first. `Main` when there is none: the launcher then says that it is missing.
 */
export function mainClassOf(source: string): string {
  const text = bare(source);
  const all = types(text);
  const withMain = all.find(({ from, to }) => /\bvoid\s+main\s*\(/.test(text.slice(from, to)));
  const name = (withMain ?? all.find(({ isPublic }) => isPublic) ?? all[0])?.name ?? 'Main';
  const packageName = /^\s*package\s+([\w.]+)\s*;/m.exec(text)?.[1];
  return packageName === undefined ? name : `${packageName}.${name}`;
}

/** Blanks comments, text blocks, strings and characters, so that braces and words in them do not count. */
const bare = (source: string): string =>
  source.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, ' ');

interface TopLevelType {
  readonly name: string;
  readonly isPublic: boolean;
  readonly from: number;
  readonly to: number;
}

function types(text: string): readonly TopLevelType[] {
  const found: TopLevelType[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: brace, index } of text.matchAll(/[{};]/g)) {
    if (brace === '{') depth++;
    if (brace === '}') depth = Math.max(0, depth - 1);
    if (depth > 0) continue;
    // One whole top-level declaration: modifiers, name, body.
    const declaration = text.slice(start, index + 1);
    const header = /^[^{]*/.exec(declaration)?.[0] ?? '';
    const named = /\b(?:class|interface|enum|record)\s+([\p{L}_$][\p{L}\p{N}_$]*)/u.exec(header);
    if (named?.[1] !== undefined)
      found.push({
        name: named[1],
        isPublic: /\bpublic\b/.test(header.slice(0, named.index)),
        from: start,
        to: index + 1,
      });
    start = index + 1;
  }
  return found;
}
