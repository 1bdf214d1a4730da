/**
 * What the process of an engine gives up before it runs anything: its user, where it was root, and the ways to the network and to other processes.
 *
 * A belt, and a thin one: the walls are the engine's realm inside and bubblewrap outside.
 */
import { registerHooks } from 'node:module';

/** What nothing but a program out of its realm would want. Names that other users of the process rely on are kept. */
export function giveUpRights(user: number | null): void {
  if (user !== null) {
    process.setgroups?.([]);
    process.setgid?.(user);
    process.setuid?.(user);
  }
  const network =
    /^(node:)?_?(net|tls|https?|http2|dgram|dns|quic|inspector|child_process|worker_threads|cluster)(_|\/|$)/;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (network.test(specifier)) throw new Error(`${specifier} is closed here`);
      return next(specifier, context);
    },
  });
  const closed = ['binding', '_linkedBinding', 'dlopen', 'getBuiltinModule', 'kill', '_kill', '_debugProcess'];
  for (const name of closed) Reflect.deleteProperty(process, name);
  for (const name of ['fetch', 'WebSocket', 'EventSource']) Reflect.deleteProperty(globalThis, name);
}
