/**
 * What calls do, in words that are the same for all languages: a table of a language names its functions and picks effects from here.
 *
 * An effect looks at the values of a call and tells findings. What it cannot know it tells as known in part; a claim about code in a text is not made
 * here: the text is handed on to be read (`read`).
 */
import {
  type FileAct,
  fileSeverity,
  hostOf,
  isLoopback,
  isSecretName,
  type Place,
  placeOf,
  placeText,
} from './places.ts';
import type { RiskCategory, Severity } from './types.ts';
import { type CallArguments, hole, isKnownText, labelsOf, textOf, unknown, type Value, type Values } from './values.ts';

export interface SeenCall {
  readonly name: string;
  readonly args: CallArguments;
  /** What a method is called on, or what a result was made with. */
  readonly self: Value | null;
  /** In a loop without an end: what a small act does there, it does for ever. */
  readonly isEndless: boolean;
  tell(finding: Told): void;
  /** Code in a text. `what` as in `the shell command`. */
  read(language: 'python' | 'javascript' | 'bash', given: string, what: string): void;
  unread(reason: string): void;
}

export interface Told {
  readonly category: RiskCategory;
  readonly act: string;
  readonly severity: Severity;
  readonly target?: string | null;
  readonly reason: string;
}

export type Effect = (call: SeenCall) => void;

/** An argument by place, or by a name it may have. */
export function argument(call: SeenCall, place: number, ...names: string[]): Values {
  for (const name of names) {
    const found = call.args.named.get(name);
    if (found !== undefined) return found;
  }
  return call.args.positional[place] ?? unknown;
}

export const hasArgument = (call: SeenCall, place: number, ...names: string[]): boolean =>
  call.args.positional.length > place || names.some((name) => call.args.named.has(name));

export const allArguments = (call: SeenCall): Values => [
  ...call.args.positional.flat(),
  ...[...call.args.named.values()].flat(),
];

const worst: readonly Place[] = ['startup', 'secret', 'system', 'outside', 'unknown', 'temporary', 'inside'];

/** The path that matters most among those that an argument may be. */
export function worstPath(values: Values): { readonly place: Place; readonly path: string | null } {
  let found: { place: Place; path: string | null } = { place: 'inside', path: null };
  for (const value of values) {
    const path = value.kind === 'text' ? value.text : null;
    const place = path === null ? 'unknown' : placeOf(path);
    if (found.path === null && found.place === 'inside') found = { place, path };
    else if (worst.indexOf(place) < worst.indexOf(found.place)) found = { place, path };
  }
  return found;
}

const actTexts: Readonly<Record<FileAct, string>> = {
  read: 'reads a file',
  list: 'lists names',
  write: 'writes a file',
  delete: 'deletes',
};

export function tellFile(call: SeenCall, act: FileAct, values: Values, how: { isTree?: boolean } = {}): void {
  const { place, path } = worstPath(values);
  const tree = how.isTree === true && (place === 'unknown' || place === 'inside');
  const severity: Severity = tree && act === 'delete' ? 'medium' : fileSeverity(act, place);
  call.tell({
    category: 'files',
    act,
    severity,
    target: path,
    reason: `${actTexts[act]} ${placeText(place)}${how.isTree === true ? ', with all below' : ''}`,
  });
  if (act === 'write' && place === 'startup')
    call.tell({
      category: 'persistence',
      act: 'install',
      severity: 'critical',
      target: path,
      reason: 'what is written there is run again later, at a login, a boot or a time',
    });
}

export const file =
  (act: FileAct, place: number, ...names: string[]): Effect =>
  (call) =>
    tellFile(call, act, argument(call, place, ...names));

export const tree =
  (act: FileAct, place: number, ...names: string[]): Effect =>
  (call) =>
    tellFile(call, act, argument(call, place, ...names), { isTree: true });

/** A file to another place: reads or takes away the one, writes the other. */
export const transfer =
  (first: 'read' | 'delete', fromName: string, toName: string): Effect =>
  (call) => {
    tellFile(call, first, argument(call, 0, fromName));
    tellFile(call, 'write', argument(call, 1, toName));
  };

/** Something leaves through the network: `what` is sent. */
export function tellSent(call: SeenCall, sent: Values, target: string | null): void {
  const labels = labelsOf(sent);
  if (labels.includes('secret'))
    call.tell({
      category: 'network',
      act: 'exfiltrate',
      severity: 'critical',
      target,
      reason: 'sends what came out of a file or variable with secrets',
    });
  else if (labels.includes('file') || labels.includes('environment'))
    call.tell({
      category: 'network',
      act: 'send',
      severity: 'high',
      target,
      reason: `sends what came out of ${labels.includes('file') ? 'a file' : 'the environment'}`,
    });
}

/** A connection to an address that stands in an argument, or in the arguments of what that was made with. */
export const connect =
  (place: number, name: string, sentNames: readonly string[] = [], act = 'connect'): Effect =>
  (call) => {
    const target = addressIn(argument(call, place, name));
    const host = target === null ? null : hostOf(target);
    if (target !== null && /^file:/i.test(target)) {
      tellFile(call, 'read', [{ kind: 'text', text: target, isPath: true, from: [] }]);
      return;
    }
    const local = host !== null && isLoopback(host) ? ' on this machine' : '';
    call.tell({ category: 'network', act, severity: 'medium', target, reason: `connects to a server${local}` });
    const made = argument(call, place, name).flatMap((value) =>
      value.kind === 'name' && value.args !== null
        ? [...value.args.positional.flat(), ...value.args.named.values()].flat()
        : [],
    );
    const sent = sentNames.flatMap((one) => call.args.named.get(one) ?? []);
    tellSent(call, [...sent, ...call.args.positional.slice(place).flat(), ...made], target);
  };

export function addressIn(values: Values): string | null {
  for (const value of values) {
    if (value.kind === 'text') return value.text;
    if (value.kind === 'list') {
      const parts = value.items.map((item) => item.map(textOf).find((one) => one !== null) ?? hole);
      return parts.slice(0, 2).join(':');
    }
    if (value.kind === 'name' && value.args !== null) {
      const inner = addressIn([...value.args.positional.slice(0, 1).flat(), ...(value.args.named.get('url') ?? [])]);
      if (inner !== null) return inner;
    }
    if (value.kind === 'map') {
      const host = value.entries.get('hostname') ?? value.entries.get('host') ?? value.entries.get('url');
      if (host !== undefined) return addressIn(host);
    }
  }
  return null;
}

/** Why a text that becomes code or a command is dangerous, by where it came from. */
function sourceText(values: Values): { readonly severity: Severity; readonly text: string } | null {
  const labels = labelsOf(values);
  if (labels.includes('network')) return { severity: 'critical', text: 'that came over the network' };
  if (labels.includes('decoded')) return { severity: 'high', text: 'that was decoded first' };
  if (labels.includes('input')) return { severity: 'high', text: 'that was given from outside' };
  if (labels.includes('environment')) return { severity: 'high', text: 'that came from the environment' };
  if (labels.includes('file')) return { severity: 'high', text: 'that was read from a file' };
  return null;
}

/** Text that is run as code of a language. */
export const evaluates =
  (language: 'python' | 'javascript', place: number, ...names: string[]): Effect =>
  (call) => {
    const values = place < 0 ? (call.args.positional.at(-1) ?? unknown) : argument(call, place, ...names);
    const source = sourceText(values);
    const known = values.filter(isKnownText);
    const isHidden = labelsOf(values).includes('decoded');
    if (known.length === 0) {
      call.tell({
        category: source?.text.includes('decoded') === true ? 'obfuscation' : 'injection',
        act: 'evaluate',
        severity: source?.severity ?? 'high',
        reason: `runs text as code ${source?.text ?? 'that is not known before it runs'}`,
      });
      call.unread(`${call.name} runs text that is not known before it runs`);
      return;
    }
    call.tell({
      category: isHidden ? 'obfuscation' : 'injection',
      act: 'evaluate',
      severity: isHidden ? 'high' : 'medium',
      target: known[0]?.text ?? null,
      reason: isHidden ? 'runs code that was hidden in an encoded text' : 'runs a text as code',
    });
    for (const one of known) call.read(language, one.text, 'code in a text');
  };

/** Text that a shell runs. */
export function tellShell(call: SeenCall, values: Values): void {
  const source = sourceText(values);
  const texts = values.flatMap((value) =>
    value.kind === 'text' && value.text.replaceAll(hole, '').trim() !== '' ? [value.text] : [],
  );
  if (texts.length === 0) {
    call.tell({
      category: 'processes',
      act: 'shell',
      severity: source?.severity ?? 'high',
      reason: `has a shell run a command ${source?.text ?? 'that is not known before it runs'}`,
    });
    call.unread(`${call.name} has a shell run a command that is not known`);
    return;
  }
  for (const one of texts) {
    const open = one.includes(hole);
    call.tell({
      category: 'processes',
      act: 'shell',
      severity: open ? (source?.severity ?? 'medium') : 'medium',
      target: one,
      reason: open
        ? `has a shell run a command put together with text ${source?.text ?? 'that is not known'}`
        : 'has a shell run a command',
    });
    call.read('bash', one, 'a shell command');
  }
}

/** A program with a list of words. */
export function tellProgram(call: SeenCall, values: Values): void {
  for (const value of values) {
    if (value.kind === 'text') {
      tellWords(call, [value.text]);
      continue;
    }
    if (value.kind !== 'list') {
      const source = sourceText([value]);
      call.tell({
        category: 'processes',
        act: 'start',
        severity: source?.severity ?? 'medium',
        reason: `starts a program ${source?.text ?? 'that is not known'}`,
      });
      continue;
    }
    tellWords(
      call,
      value.items.map((item) => item.map(textOf).find((one) => one !== null) ?? hole),
    );
  }
}

export function tellWords(call: SeenCall, words: readonly string[]): void {
  const line = words.map(quoted).join(' ');
  call.tell({
    category: 'processes',
    act: 'start',
    severity: 'medium',
    target: line,
    reason: 'starts another program',
  });
  if (words[0]?.replaceAll(hole, '') === '') call.unread('starts a program whose name is not known before it runs');
  else call.read('bash', line, 'a command');
}

/** A word as a shell would take it back. */
const quoted = (word: string): string => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

export const tells =
  (category: RiskCategory, act: string, severity: Severity, reason: string, place = -1, name = ''): Effect =>
  (call) => {
    const target =
      place < 0
        ? null
        : (argument(call, place, name)
            .map(textOf)
            .find((one) => one !== null) ?? null);
    call.tell({ category, act, severity, target, reason });
  };

/** A module by a name that only the run knows, or that is decoded or put together. @param verb `imports`, `loads` @returns whether the latter was told */
export function tellImport(call: SeenCall, values: Values, verb: string): boolean {
  const labels = labelsOf(values);
  const name = values.find(isKnownText)?.text ?? null;
  if (name === null) call.unread(`${verb} a module whose name is not known before it runs`);
  if (!labels.includes('decoded') && !labels.includes('built')) return false;
  call.tell({
    category: 'obfuscation',
    act: 'import',
    severity: name === null ? 'medium' : 'high',
    target: name,
    reason: `${verb} a module by a name that is put together or decoded`,
  });
  return true;
}

/** Variables of the environment, by name. */
export function tellVariable(call: SeenCall, act: 'read' | 'write', name: string | null): void {
  if (act === 'write') {
    const isLoader =
      name !== null &&
      /^(?:PATH|LD_PRELOAD|LD_LIBRARY_PATH|PYTHONPATH|PYTHONSTARTUP|NODE_OPTIONS|BASH_ENV|ENV|DYLD_\w+)$/.test(name);
    call.tell({
      category: 'environment',
      act: 'write',
      severity: isLoader ? 'high' : 'low',
      target: name,
      reason: isLoader ? 'changes where programs and libraries are found' : 'sets a variable of the environment',
    });
    return;
  }
  const secret = name !== null && isSecretName(name);
  call.tell({
    category: 'environment',
    act: 'read',
    severity: secret ? 'medium' : 'low',
    target: name,
    reason: secret ? 'reads a variable whose name is that of a secret' : 'reads a variable of the environment',
  });
}

/** Bytes that a program asks for at once past this are many: a tenth of a small machine's memory. */
const manyBytes = 200_000_000;

export function tellSize(call: SeenCall, bytes: number): void {
  if (bytes < manyBytes) return;
  call.tell({
    category: 'resources',
    act: 'memory',
    severity: 'high',
    target: `${Math.round(bytes / 1e6)} MB`,
    reason: 'asks for very much memory at once',
  });
}
