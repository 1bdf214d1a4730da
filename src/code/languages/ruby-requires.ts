/**
 * What a file of Ruby loads: `require`, `require_relative`, `load` and `autoload` with names that are written out, also in the older form
 * `require File.expand_path('../x', __FILE__)`.
 *
 * A path that counts from the file itself begins with a dot; any other is looked for where the program looks.
 */
import type { Scan } from '../scan.ts';
import { argumentsOf, literalName } from './ruby-macros.ts';

export interface Required {
  readonly module: string;
  /** The constant that is loaded with it, or `*`. */
  readonly name: string;
}

/** @returns `null` for calls that load nothing, or nothing whose name is written out */
export function requiredBy(scan: Scan, call: number, method: string): Required | null {
  if (!/^(require|require_relative|load|autoload|require_dependency)$/.test(method)) return null;
  const args = argumentsOf(scan, call);
  const written = args[method === 'autoload' ? 1 : 0] ?? -1;
  const literal = literalName(scan, written);
  if (literal === null) {
    const computed = method === 'autoload' ? null : fromFile(scan, written);
    return computed === null ? null : { module: computed, name: '*' };
  }
  const module = scan.text.slice(literal.start, literal.end);
  if (module === '') return null;
  if (method === 'autoload') {
    const name = literalName(scan, args[0] ?? -1);
    return name === null ? null : { module, name: scan.text.slice(name.start, name.end) };
  }
  return { module: method === 'require_relative' ? beside(module) : module, name: '*' };
}

const beside = (path: string): string => (/^\.\.?\//.test(path) || path.startsWith('/') ? path : `./${path}`);

/** `File.expand_path('../x', __FILE__)`, `File.join(__dir__, 'x')`, `"#{__dir__}/x"`. */
function fromFile({ tree, text }: Scan, node: number): string | null {
  if (node < 0 || tree.end(node) - tree.start(node) > longest) return null;
  const written = text.slice(tree.start(node), tree.end(node)).replaceAll(/\s+/g, ' ');
  const expanded =
    /^(?:::)?File\.expand_path\(? ?["']([^"'#]+)["'], ?(__FILE__|__dir__|File\.dirname\(__FILE__\)) ?\)?$/.exec(
      written,
    );
  if (expanded !== null) {
    const [, path = '', from] = expanded;
    if (from !== '__FILE__') return beside(path);
    // Counted from the file as if it were a directory.
    return path.startsWith('../') ? beside(path.slice(3)) : null;
  }
  const joined = /^(?:::)?File\.join\(? ?(?:__dir__|File\.dirname\(__FILE__\)), ?["']([^"'#]+)["'] ?\)?$/.exec(written);
  if (joined !== null) return beside(joined[1] as string);
  const inside = /^"#\{(?:__dir__|File\.dirname\(__FILE__\))\}\/([^"#]+)"$/.exec(written);
  return inside === null ? null : beside(inside[1] as string);
}

/** Longer arguments are no path. */
const longest = 200;
