/**
 * What a program does beside running lines: it writes, starts processes and threads, and ends.
 *
 * The functions that are put in the place of the runtime's own call them with the same arguments, and give what they give.
 */
'use strict';
const { apply } = Reflect;
const { defineProperty, getOwnPropertyDescriptor } = Object;
const { isView } = ArrayBuffer;
const { decode } = TextDecoder.prototype;

const decoder = new TextDecoder();
const textOf = (data) => {
  if (typeof data === 'string') return data;
  if (!isView(data)) return null;
  try {
    return apply(decode, decoder, [data]);
  } catch {
    return null;
  }
};

/** A function in the place of another, with its name and length. */
function replace(object, name, make) {
  const known = object[name];
  const made = make(known);
  defineProperty(made, 'name', { value: known.name, configurable: true });
  defineProperty(made, 'length', { value: known.length, configurable: true });
  const had = getOwnPropertyDescriptor(object, name);
  defineProperty(object, name, {
    value: made,
    writable: true,
    configurable: true,
    enumerable: had?.enumerable ?? false,
  });
}

const startsAndWaits = ['spawnSync', 'execSync', 'execFileSync'];

exports.watch = function watch({ close, uncaught, output, note, fs, startsProcesses }) {
  const heard = (name) => (write) =>
    function (...args) {
      const text = textOf(args[0]);
      if (text !== null) output(name, text);
      return apply(write, this, args);
    };
  for (const name of ['stdout', 'stderr']) {
    const known = getOwnPropertyDescriptor(process, name);
    if (known?.get === undefined) {
      replace(process[name], 'write', heard(name));
      continue;
    }
    // Made when the program first asks for it, as without us.
    let isMade = false;
    const get = () => {
      const stream = apply(known.get, process, []);
      if (!isMade) replace(stream, 'write', heard(name));
      isMade = true;
      return stream;
    };
    defineProperty(process, name, { ...known, get });
  }
  replace(
    fs,
    'writeSync',
    (writeSync) =>
      function (...args) {
        const stream = args[0] === 1 ? 'stdout' : args[0] === 2 ? 'stderr' : '';
        const text = stream === '' ? null : textOf(args[1]);
        if (text !== null) output(stream, text);
        return apply(writeSync, this, args);
      },
  );
  replace(
    process,
    'emit',
    (emit) =>
      function (...args) {
        if (args[0] === 'uncaughtExceptionMonitor') uncaught(args[1]);
        const heard = apply(emit, this, args);
        if (args[0] === 'exit') close();
        return heard;
      },
  );
  if (process.versions.quickjs !== undefined) {
    const { Console } = console;
    const to = (stream) => ({ write: (text) => stream.write(text) });
    defineProperty(globalThis, 'console', {
      value: new Console(to(process.stdout), to(process.stderr)),
      writable: true,
      configurable: true,
      enumerable: false,
    });
    return;
  }
  // Those that are not waited for are told by a channel of the engine's own.
  const processes = startsProcesses ? require('node:child_process') : {};
  for (const name of startsProcesses ? startsAndWaits : [])
    replace(
      processes,
      name,
      (start) =>
        function (...args) {
          note('process', 'a process was started');
          return apply(start, this, args);
        },
    );
  require('node:module').syncBuiltinESMExports();
  const channels = require('node:diagnostics_channel');
  channels.subscribe('child_process', () => note('process', 'a process was started'));
  channels.subscribe('worker_threads', () => note('thread', 'a thread was started'));
};
