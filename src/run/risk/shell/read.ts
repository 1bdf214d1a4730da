/** Findings of a Bash script: every command with its words, redirections, pipes, and functions that call themselves. */

import { type SeenCall, type Told, tellFile, tellVariable } from '../effects.ts';
import type { ProgramReading, Seen, TextOfCode } from '../program.ts';
import type { RiskTree } from '../risktree.ts';
import { hole, text, union, type Values } from '../values.ts';
import { runsOwn, type SeenCommand, shellCommand } from './commands.ts';
import { ShellWords } from './words.ts';

const mostFindings = 2000;

export function readShell(tree: RiskTree): ProgramReading {
  const words = new ShellWords(tree);
  const found: Seen[] = [];
  const texts: TextOfCode[] = [];
  const unread: { reason: string; node: number }[] = [];
  const started: { path: string; language: TextOfCode['language'] | null; node: number }[] = [];
  const seen = new Set<string>();
  const functions = new Map<string, number>();
  const called = new Set<string>();
  const links: { call: number; definition: number }[] = [];
  for (let node = 0; node < tree.size; node++) {
    if (tree.kind(node) === 'function_definition') functions.set(tree.text(tree.field(node, 'name')), node);
    if (tree.kind(node) === 'command_name') called.add(tree.text(node));
  }
  for (let node = 0; node < tree.size; node++) {
    const definition = tree.kind(node) === 'command_name' ? functions.get(tree.text(node)) : undefined;
    if (definition !== undefined) links.push({ call: node, definition });
  }
  const tellAt =
    (node: number) =>
    (told: Told): void => {
      const key = `${node} ${told.category} ${told.act} ${told.target}`;
      if (seen.has(key) || found.length >= mostFindings) return;
      seen.add(key);
      found.push({ ...told, node });
    };
  const seenCommand = (node: number, line: readonly string[], flowing: Values | null, depth: number): SeenCommand => ({
    name: (line[0] ?? '').replace(/^.*\//, ''),
    words: line.slice(1),
    flowing,
    isEndless: isEndless(tree, node),
    tell: tellAt(node),
    read: (language, code, what) => {
      if (texts.length < 200) texts.push({ language, text: code, what, node });
    },
    unread: (reason) => {
      if (unread.length < mostFindings) unread.push({ reason, node });
    },
    runs: (path, language) => {
      if (started.length < 200) started.push({ path, language, node });
      else if (unread.length < mostFindings) unread.push({ reason: `runs ${path}, one of too many files`, node });
    },
    again: (inner) => {
      if (depth < 6) run(node, inner, flowing, depth + 1);
    },
  });
  const run = (node: number, line: readonly string[], flowing: Values | null, depth: number): void => {
    if (line.length === 0) return;
    const command = seenCommand(node, line, flowing, depth);
    if (command.name.includes(hole)) {
      command.tell({
        category: 'injection',
        act: 'evaluate',
        severity: 'medium',
        reason: 'starts a program whose name is not known before it runs',
      });
      command.unread('a command’s name is not known before it runs');
      return;
    }
    const known = shellCommand(command.name);
    known?.(command);
    const path = line[0] ?? '';
    if (known === null && path.includes('/') && !path.includes(hole)) runsOwn(command, path, null);
    // What a trap calls is called, though never written as a command.
    const trapped =
      command.name === 'trap' ? functions.get(command.words.find((word) => !word.startsWith('-')) ?? '') : undefined;
    if (trapped !== undefined) {
      called.add(tree.text(tree.field(trapped, 'name')));
      links.push({ call: node, definition: trapped });
    }
  };
  for (let node = 0; node < tree.size; node++) {
    switch (tree.kind(node)) {
      case 'command': {
        const line = words.words(node);
        tellBuilt(node, line, tree, tellAt(node));
        if (isPattern(node, tree)) {
          tellAt(node)({
            category: 'obfuscation',
            act: 'name',
            severity: 'high',
            target: line[0] ?? null,
            reason: 'starts a program by a pattern instead of its name',
          });
          unread.push({ reason: 'which program a pattern names is not known before it runs', node });
        }
        run(node, line, flowingInto(node, words), 0);
        break;
      }
      case 'file_redirect':
        redirect(node, words, tellAt(node));
        break;
      case 'function_definition':
        tellBomb(node, tree, tellAt(node));
        break;
      case 'variable_assignment':
        if (tree.kind(tree.parent(node)) === 'declaration_command' && /^export/.test(tree.text(tree.parent(node))))
          tellVariable(
            { tell: tellAt(node) } as Pick<SeenCall, 'tell'> as SeenCall,
            'write',
            tree.text(tree.field(node, 'name')),
          );
        break;
      case 'while_statement':
        if (isEndlessLoop(tree, node) && !/\b(?:break|exit|return|sleep|read)\b/.test(tree.text(node)))
          tellAt(node)({
            category: 'resources',
            act: 'loop',
            severity: /&\s*$|&\s*done|>>/m.test(tree.text(node)) ? 'critical' : 'medium',
            reason: 'a loop that nothing ends',
          });
        break;
      default:
    }
  }
  return {
    found,
    unread,
    texts,
    started,
    isCalled: (node) => called.has(tree.text(tree.field(node, 'name'))),
    links,
    isExhausted: false,
  };
}

/** What a pipe, a here document or a here string gives a command. */
function flowingInto(command: number, words: ShellWords): Values | null {
  const { tree } = words;
  const here = words.here(command);
  if (here !== null) return here;
  for (let at = command, parent = tree.parent(at); parent >= 0; at = parent, parent = tree.parent(at)) {
    const kind = tree.kind(parent);
    if (kind === 'pipeline') {
      const commands = tree.children(parent);
      const place = commands.indexOf(at);
      if (place > 0) return words.piped(commands.slice(0, place), documentInto(parent, words));
      continue;
    }
    if (kind === 'heredoc_redirect') return documentInto(command, words) ?? substituted(command, words);
    if (kind !== 'redirected_statement' && kind !== 'list') return substituted(command, words);
  }
  return substituted(command, words);
}

/** `cat <<E | sh`: the grammar has the rest of the pipeline in the here document's redirection. @returns null when nothing flows into the place so */
function documentInto(node: number, words: ShellWords): Values | null {
  const { tree } = words;
  for (let at = node, parent = tree.parent(at); parent >= 0; at = parent, parent = tree.parent(at)) {
    const kind = tree.kind(parent);
    if (kind === 'heredoc_redirect') return tree.kind(at) === 'pipeline' ? words.output(tree.parent(parent)) : null;
    const isFirst = (kind === 'pipeline' || kind === 'list') && tree.children(parent)[0] === at;
    if (!isFirst && kind !== 'redirected_statement') return null;
  }
  return null;
}

/** A command's name with `*`, `?` or `[…]` outside of quotes: `/bin/r?`. */
function isPattern(command: number, tree: RiskTree): boolean {
  const [only] = tree.children(tree.field(command, 'name'));
  if (only === undefined || !/^(?:word|concatenation|extglob_pattern)$/.test(tree.kind(only))) return false;
  const bare = tree.text(only).replace(/\\[\s\S]|'[^']*'|"[^"]*"|\$\{[^}]*\}|\$\(.*\)|\$[?*]/g, '');
  return /[*?]|\[[^\]]+\]/.test(bare);
}

/** `bash <(curl …)`, `source <(…)`. */
function substituted(command: number, words: ShellWords): Values | null {
  const { tree } = words;
  const inner = tree.children(command).filter((child) => tree.kind(child) === 'process_substitution');
  return inner.length === 0
    ? null
    : union(inner.map((one) => union(tree.children(one).map((child) => words.output(child)))));
}

/** A command's name that is put together of pieces is written so that nobody finds it. */
function tellBuilt(node: number, line: readonly string[], tree: RiskTree, tell: (told: Told) => void): void {
  const name = tree.field(node, 'name');
  const [word] = tree.children(name);
  if (word === undefined) return;
  const written = tree.text(name);
  const kind = tree.kind(word);
  // A single backslash passes over aliases; that is an old habit and hides nothing.
  if (/^\\\w+$/.test(written)) return;
  const isHidden =
    kind === 'ansi_c_string' || (kind === 'concatenation' && /['"\\$]/.test(written)) || /\\\w/.test(written);
  if (isHidden && line[0] !== undefined && !line[0].includes(hole) && !/[./]/.test(line[0]))
    tell({
      category: 'obfuscation',
      act: 'name',
      severity: 'high',
      target: line[0],
      reason: 'starts a program by a name that is put together',
    });
}

function redirect(node: number, words: ShellWords, tell: (told: Told) => void): void {
  const { tree } = words;
  const to = tree.field(node, 'destination');
  if (to < 0 || tree.kind(to) === 'number') return;
  const path = words.text(to);
  const [, host, port] = /^\/dev\/(?:tcp|udp)\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (host !== undefined) {
    const statement = tree.text(tree.parent(node));
    const isShell = /\b(?:ba|z|k|da)?sh\b.*-i|exec\b/.test(statement);
    tell({
      category: 'network',
      act: isShell ? 'remote shell' : 'connect',
      severity: isShell ? 'critical' : 'medium',
      target: `${host}:${port}`,
      reason: isShell ? 'gives another machine a shell' : 'connects to another machine',
    });
    return;
  }
  const operator = tree.text(node).replace(/^\d+/, '');
  const call = { tell } as Pick<SeenCall, 'tell'> as SeenCall;
  tellFile(call, operator.startsWith('<') && !operator.startsWith('<>') ? 'read' : 'write', [text(path)]);
}

/** `:(){ :|:& };:`: a function that starts itself twice in a pipe, or in the background. */
function tellBomb(node: number, tree: RiskTree, tell: (told: Told) => void): void {
  const name = tree.text(tree.field(node, 'name'));
  const isOwn = (command: number): boolean => {
    const called = tree.kind(command) === 'command' ? tree.field(command, 'name') : -1;
    return called >= 0 && tree.text(called) === name;
  };
  for (let at = node + 1; at < tree.next(node); at++) {
    const isPiped = tree.kind(at) === 'pipeline' && tree.children(at).filter(isOwn).length > 1;
    const isBehind = isOwn(at) && /^\s*&(?!&)/.test(tree.slice(tree.end(at), tree.end(at) + 8));
    if (!isPiped && !isBehind) continue;
    tell({
      category: 'resources',
      act: 'processes',
      severity: 'critical',
      target: name,
      reason: 'a function that starts itself again and again: a fork bomb',
    });
    return;
  }
}

const isEndlessLoop = (tree: RiskTree, node: number): boolean =>
  /^while\s+(?:true|:|\[\s*1\s*\]|\(\(\s*1\s*\)\))\s*(?:;|\n)/.test(tree.text(node).slice(0, 60)) ||
  /^until\s+false/.test(tree.text(node).slice(0, 60));

function isEndless(tree: RiskTree, node: number): boolean {
  const loop = tree.around(node, new Set(['while_statement']));
  return loop >= 0 && isEndlessLoop(tree, loop);
}
