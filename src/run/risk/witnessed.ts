/**
 * What the sandbox saw of a program's system calls, as acts of the categories.
 *
 * How much an act counts follows what ordinary runtimes do by themselves: glibc looks for a name service at a Unix socket, Node asks for io_uring, shells fork for every
 * `$(…)` and start a program for every word. None of that is worth a look; a connection, a program that Python starts, and a call that only attackers need, is.
 */
import { runLanguage } from '../languages.ts';
import type { Witnessed } from '../types.ts';
import type { SeenAct } from './observe.ts';
import { shown } from './values.ts';

type Call = Witnessed['calls'][number];
type Act = Pick<SeenAct, 'category' | 'act' | 'severity' | 'target'>;

/** Refused calls that runtimes ask for without harm: rings for files, placing of memory, counters, handles of cgroups. */
const ordinary =
  /^(?:io_uring_\w+|mbind|set_mempolicy\w*|move_pages|migrate_pages|process_madvise|kcmp|perf_event_open|userfaultfd|name_to_handle_at|memfd_create|shmget|statmount|listmount|lsm_\w+|setsockopt|personality|socket|ioctl)$/;

/** @param language its shells' own way of doing anything is to start programs */
export function witnessedActs(
  { calls }: Witnessed,
  language: string,
): readonly (readonly [act: Omit<SeenAct, 'count'>, count: number])[] {
  const isShell = runLanguage(language).name === 'bash';
  return calls.flatMap((call) => {
    const act = actOf(call, isShell);
    if (act === null) return [];
    return [[{ ...act, target: act.target && shown(act.target), evidence: 'certain' }, call.count] as const];
  });
}

function actOf({ call, target, isDenied }: Call, isShell: boolean): Act | null {
  if (isDenied)
    return { category: 'privileges', act: 'denied', severity: ordinary.test(call) ? 'low' : 'high', target: call };
  const local = target?.startsWith('unix:') === true;
  switch (call) {
    case 'connect':
    case 'sendto':
    case 'sendmsg':
    case 'sendmmsg':
      // Port 0 is how a C library asks the kernel which address it would use; nothing is sent.
      if (target?.endsWith(':0') === true && !local) return null;
      return { category: 'network', act: 'connect', severity: local ? 'low' : 'medium', target };
    case 'bind':
      return { category: 'network', act: 'listen', severity: local ? 'low' : 'medium', target };
    case 'execve':
    case 'execveat':
      return { category: 'processes', act: 'start', severity: isShell ? 'low' : 'medium', target };
    case 'kill':
      return { category: 'processes', act: 'kill', severity: target === '-1' ? 'high' : 'medium', target };
    default:
      return { category: 'processes', act: 'fork', severity: 'low', target: null };
  }
}
