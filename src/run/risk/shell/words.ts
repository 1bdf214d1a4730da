/** Words of Bash as values: what quotes, variables and substitutions make of them, as far as the text tells. */

import { decodedBy } from '../decode.ts';
import { isSecretName } from '../places.ts';
import { unescaped } from '../python/strings.ts';
import type { RiskTree } from '../risktree.ts';
import {
  concat,
  hole,
  type Label,
  labelsOf,
  text,
  textOf,
  union,
  unknown,
  unknownOf,
  type Value,
  type Values,
} from '../values.ts';

interface Assigned {
  readonly node: number;
  readonly start: number;
  readonly isMore: boolean;
}

/** The last plain assignment before a place with what is added to it; where there is none before, the last of all. @param writes by their start */
function lastBefore(writes: readonly Assigned[], before: number): readonly Assigned[] {
  let [low, high] = [0, writes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((writes[middle] as Assigned).start < before) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return writes.slice(-1);
  let first = low - 1;
  while (first > 0 && low - first < 40 && (writes[first] as Assigned).isMore) first--;
  return writes.slice(first, low);
}

/** Variables that are the same wherever a script runs. */
const fixed: Readonly<Record<string, string>> = { HOME: '~', PWD: '.', TMPDIR: '/tmp', IFS: ' ' };

/** Nested words past this are not followed: variables that stand in each other. */
const mostDepth = 24;

export class ShellWords {
  readonly tree: RiskTree;
  readonly #assigned = new Map<string, Assigned[]>();
  readonly #loops = new Map<string, number[]>();
  /** Arrays of which single elements are written. */
  readonly #patched = new Set<string>();
  #depth = 0;
  #steps = 0;

  constructor(tree: RiskTree) {
    this.tree = tree;
    for (let node = 0; node < tree.size; node++) {
      if (tree.kind(node) === 'variable_assignment') {
        const name = tree.field(node, 'name');
        const value = tree.field(node, 'value');
        if (name < 0 || value < 0) continue;
        if (tree.kind(name) === 'subscript') this.#patched.add(tree.text(name).replace(/\[[\s\S]*$/, ''));
        const found = this.#assigned.get(tree.text(name)) ?? [];
        found.push({ node: value, start: tree.start(node), isMore: tree.child(node, "'+='") >= 0 });
        this.#assigned.set(tree.text(name), found);
      } else if (tree.kind(node) === 'for_statement') {
        const values = tree.children(node).filter((child) => tree.fieldName(child) === 'value');
        const name = tree.field(node, 'variable');
        if (name < 0) continue;
        const found = this.#loops.get(tree.text(name)) ?? [];
        found.push(...values.slice(0, 64));
        this.#loops.set(tree.text(name), found);
      }
    }
  }

  value(node: number): Values {
    if (node < 0 || this.#depth > mostDepth || ++this.#steps > 200_000) return unknown;
    this.#depth++;
    const found = this.#value(node);
    this.#depth--;
    return found;
  }

  /** One text for a word; parts that are not known are holes. */
  text(node: number): string {
    const values = this.value(node);
    return values.map((value) => textOf(value)).find((one) => one !== null) ?? hole;
  }

  #value(node: number): Values {
    const { tree } = this;
    switch (tree.kind(node)) {
      case 'word':
      case 'number':
      case 'variable_name':
      case 'heredoc_content':
      case 'regex':
      case 'extglob_pattern':
        return [text(tree.text(node).replace(/\\([\s\S])/g, '$1'))];
      case 'string_content':
        return [text(tree.text(node).replace(/\\(["\\$`\n])/g, '$1'))];
      case 'raw_string':
        return [text(tree.text(node).slice(1, -1))];
      case 'ansi_c_string':
        return [text(unescaped(tree.text(node).slice(2, -1), ''), ['built'])];
      case 'translated_string':
      case 'string':
      case 'concatenation':
      case 'command_name':
        return this.#together(node);
      case 'herestring_redirect':
      case 'heredoc_body':
        return this.#together(node);
      case 'simple_expansion':
      case 'expansion':
        return this.#variable(node);
      case 'command_substitution':
        return union(tree.children(node).map((child) => this.output(child)));
      case 'process_substitution':
        return [unknownOf(labelsOf(union(tree.children(node).map((child) => this.output(child)))))];
      case 'array':
        return concat(
          tree
            .children(node)
            .flatMap((child, place): Values[] =>
              place === 0 ? [this.value(child)] : [[text(' ')], this.value(child)],
            ),
        );
      default:
        return unknown;
    }
  }

  /** Children and what stands between them: string contents keep their white space. */
  #together(node: number): Values {
    const { tree } = this;
    const children = tree.children(node);
    if (children.length === 0)
      return [text(tree.kind(node) === 'string' ? tree.text(node).slice(1, -1) : tree.text(node))];
    const parts: Values[] = [];
    let last = tree.kind(node) === 'string' ? tree.start(node) + 1 : tree.start(children[0] as number);
    for (const child of children) {
      if (tree.start(child) > last) parts.push([text(tree.slice(last, tree.start(child)))]);
      parts.push(this.value(child));
      last = tree.end(child);
    }
    return concat(parts);
  }

  #variable(node: number): Values {
    const { tree } = this;
    const named = tree.children(node).find((child) => /variable_name|subscript/.test(tree.kind(child)));
    const name = named === undefined ? tree.text(node).replace(/[${}]/g, '') : tree.text(named).replace(/\[.*$/, '');
    const written = tree.text(node);
    const slice = /^\$\{\w+:(\d+):(\d+)\}$/.exec(written);
    const elements = this.#elements(name, tree.start(node));
    if (elements !== null && !/\[[@*]\]\}$/.test(written)) {
      const place = /^\$(?:\w+$|\{\w+(?:\[(\d+)\])?\}$)/.exec(written);
      const element = place === null ? undefined : elements[Number(place[1] ?? 0)];
      return element === undefined ? unknown : [text(element)];
    }
    const value = this.named(name, tree.start(node));
    if (slice !== null) {
      const [from, length] = [Number(slice[1]), Number(slice[2])];
      return value.map(
        (one): Value =>
          one.kind === 'text' ? { ...one, text: one.text.slice(from, from + length), from: ['built'] } : one,
      );
    }
    const otherwise = /^\$\{\w+:?[-=]([^}]*)\}$/.exec(written)?.[1];
    if (otherwise !== undefined && value.every((one) => one.kind === 'unknown'))
      return [text(otherwise.replace(/^["']|["']$/g, '')), ...value];
    return value;
  }

  /** What an array holds as far as only whole literals were given to it. @returns null: the name is none, as far as is seen */
  #elements(name: string, before: number): readonly string[] | null {
    const used = lastBefore(this.#assigned.get(name) ?? [], before);
    if (this.#loops.has(name) || !used.some(({ node }) => this.tree.kind(node) === 'array')) return null;
    if (this.#patched.has(name)) return [];
    return used.flatMap(({ node }) =>
      this.tree.kind(node) === 'array' ? this.tree.children(node).map((child) => this.text(child)) : [this.text(node)],
    );
  }

  named(name: string, before: number): Values {
    const given = fixed[name];
    const writes = this.#assigned.get(name);
    const loops = this.#loops.get(name);
    if (writes === undefined && loops === undefined) {
      if (given !== undefined) return [text(given)];
      if (/^[0-9@*#]+$/.test(name)) return [unknownOf(['input'])];
      return [unknownOf(isSecretName(name) ? ['environment', 'secret'] : ['environment'])];
    }
    if (loops !== undefined) return union(loops.slice(0, 6).map((one) => this.value(one)));
    const used = writes === undefined ? [] : lastBefore(writes, before);
    // The last plain assignment, and what is added to it; one in another branch is not told apart.
    const found = concat(used.map(({ node }) => this.value(node)));
    // What begins empty is given something later, on a way that is not followed here.
    return found.map((one) => (one.kind === 'text' && one.text === '' ? unknownOf() : one));
  }

  /** What commands write to their output, as far as they are ones whose output is known. */
  output(node: number): Values {
    const { tree } = this;
    const kind = tree.kind(node);
    if (kind === 'redirected_statement') return this.output(tree.field(node, 'body'));
    if (kind === 'subshell' || kind === 'compound_statement' || kind === 'list' || kind === 'program') {
      const parts = tree.children(node);
      return parts.length === 1
        ? this.output(parts[0] as number)
        : [unknownOf(labelsOf(union(parts.slice(0, 8).map((part) => this.output(part)))))];
    }
    if (kind === 'pipeline') return this.piped(tree.children(node), null);
    if (kind === 'command') return this.commandOutput(node, null);
    return unknown;
  }

  piped(commands: readonly number[], given: Values | null): Values {
    let flowing = given;
    for (const command of commands)
      flowing =
        this.tree.kind(command) === 'command'
          ? this.commandOutput(command, flowing)
          : [unknownOf(labelsOf(this.output(command)))];
    return flowing ?? unknown;
  }

  /** Name and arguments; what an expansion without quotes gives is several words where it holds spaces. */
  words(command: number): string[] {
    const { tree } = this;
    return tree
      .children(command)
      .filter((child) => tree.fieldName(child) === 'name' || tree.fieldName(child) === 'argument')
      .flatMap((child) => {
        const [only] = tree.kind(child) === 'command_name' ? tree.children(child) : [child];
        const isOpen =
          only !== undefined && /^(?:simple_expansion|expansion|command_substitution)$/.test(tree.kind(only));
        const elements = only === undefined ? null : this.#spread(only);
        if (elements !== null) return elements;
        const text = this.text(child);
        return isOpen ? text.split(/\s+/).filter((word) => word !== '') : [text];
      });
  }

  /** `"${X[@]}"` gives a word for each element. */
  #spread(word: number): readonly string[] | null {
    const { tree } = this;
    const name = /^"?\$\{(\w+)\[@\]\}"?$/.exec(tree.text(word))?.[1];
    const elements = name === undefined ? null : this.#elements(name, tree.start(word));
    return elements?.length === 0 ? [hole] : elements;
  }

  commandOutput(command: number, flowing: Values | null): Values {
    const [name = '', ...args] = this.words(command);
    const base = name.replace(/^.*\//, '');
    const here = this.#here(command) ?? flowing;
    const labels: readonly Label[] = here === null ? [] : labelsOf(here);
    const plain = args.filter((one) => !/^-[neE]+$/.test(one));
    switch (base) {
      case 'echo': {
        const joined = plain.join(' ');
        return [text(args.includes('-e') ? unescaped(joined, '') : joined)];
      }
      case 'printf': {
        const [format = '', ...values] = args;
        let place = 0;
        const filled = unescaped(format, '').replace(/%[sbdcq]/g, () => values[place++] ?? '');
        return [text(filled, ['built'])];
      }
      case 'base64':
      case 'openssl':
        return args.some((one) => /^(?:-\w*[dD]|--decode)$/.test(one))
          ? decodedBy('base64', here ?? unknown)
          : [unknownOf(labels)];
      case 'xxd':
        return args.some((one) => one.includes('r')) ? decodedBy('hex', here ?? unknown) : [unknownOf(labels)];
      case 'base32':
        return decodedBy('base32', here ?? unknown);
      case 'rev':
        return (here ?? unknown).map((one) =>
          one.kind === 'text'
            ? { ...one, text: [...one.text.replace(/\n$/, '')].reverse().join(''), from: ['decoded'] as const }
            : one,
        );
      case 'tr':
        return /a-z|A-Z/.test(args.join(' ')) && /n-za-m/i.test(args.join(' '))
          ? decodedBy('rot13', here ?? unknown)
          : (here ?? unknown).map((one) => unknownOf(one.from.length > 0 ? one.from : ['decoded']));
      case 'cat':
      case 'tee':
      case 'head':
      case 'tail':
      case 'sort':
        return here ?? [unknownOf(['file'])];
      case 'gunzip':
      case 'gzip':
      case 'zcat':
      case 'gpg':
        return [unknownOf([...labels, 'decoded'])];
      case 'curl':
      case 'wget':
      case 'nc':
      case 'fetch':
        return [unknownOf(['network'])];
      case 'read':
        return [unknownOf(['input'])];
      default:
        return [unknownOf(labels)];
    }
  }

  /** Text of `<<< word` or a here document; null: neither. */
  #here(command: number): Values | null {
    const { tree } = this;
    const string = tree.child(command, 'herestring_redirect');
    if (string >= 0) return union(tree.children(string).map((child) => this.value(child)));
    const around = tree.kind(tree.parent(command)) === 'redirected_statement' ? tree.parent(command) : -1;
    const document = around < 0 ? -1 : tree.child(around, 'heredoc_redirect');
    if (document < 0) return null;
    const body = tree.child(document, 'heredoc_body');
    return body < 0 ? null : [text(tree.text(body))];
  }

  here(command: number): Values | null {
    return this.#here(command);
  }
}
