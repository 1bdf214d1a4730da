/**
 * What a program takes from around it, and does not find: modules, files, input, arguments, replies of the network.
 *
 * The real thing is asked first; only where there is none does a guess stand in.
 */
'use strict';
const fs = require('node:fs');
const { within } = require('./kept.cjs');
const injections = require('./injections.cjs');
const { isInstance } = require('./instances.cjs');
const plan = require('./plan.json');

const missingCodes = new Set([
  'MODULE_NOT_FOUND',
  'ERR_MODULE_NOT_FOUND',
  'ERR_UNKNOWN_BUILTIN_MODULE',
  'ERR_UNSUPPORTED_DIR_IMPORT',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_ESM_URL_SCHEME',
]);
const isMissing = (error) =>
  missingCodes.has(error?.code) ||
  /cannot find (module|package)|could not (load|resolve)/i.test(String(error?.message));

const { apply } = Reflect;
const modules = new Map();

function guessedModule(file, number, what) {
  const { name, line, column } = file.table.modules[number];
  const key = `${name} ${what}`;
  if (!modules.has(key)) {
    const origin = { kind: 'module', path: file.path, file, line, column, root: `module:${name}`, depth: 0 };
    const told = injections.value(
      { type: 'instance', from: 'nothing', why: ['it is not installed here'] },
      { ...origin, what: name },
    );
    modules.set(key, what === name ? told : require('./instances.cjs').make({ ...origin, what }, {}));
  }
  return modules.get(key);
}

/** `require` that gives a guess where there is no module. */
const requiring = (file) => (number, real) => (name) => {
  try {
    return real(name);
  } catch (error) {
    if (!within(() => isMissing(error))) throw error;
    const found = within(() => file.table.modules[number].to ?? packaged(name));
    return found === null ? within(() => guessedModule(file, number, `require('${name}')`)) : real(found);
  }
};

/** Where a package lies in the directories that the user named; null when in none. */
function packaged(name) {
  if (plan.packages.length === 0 || /^[./]/.test(name)) return null;
  try {
    return require.resolve(name, { paths: plan.packages });
  } catch {
    return null;
  }
}

/** What a package gives that the program does not name itself; null where it is missing. At level 1 that is an error, as it would be for a compiler's import. */
function packageOf(name) {
  try {
    return require(name);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const found = packaged(name);
    if (found === null && plan.level === 1) throw error;
    return found === null ? null : require(found);
  }
}

const importing = (file) => async (number, load) => {
  try {
    return await load();
  } catch (error) {
    if (!within(() => isMissing(error))) throw error;
    const { name } = file.table.modules[number];
    const found = within(() => packaged(name));
    if (found !== null) return await import(found);
    const it = within(() => guessedModule(file, number, name));
    // A thenable would be waited for; an instance has no `then` unless the program names one.
    return it;
  }
};

/** What an import binds: of a module that is there what it exports, else a guess. */
const binding = (file) => (from, asked, number, local) => within(() => bound(file, from, asked, number, local));

function bound(file, from, asked, number, local) {
  const { name, line, column } = file.table.modules[number];
  if (!isInstance(from)) {
    if (asked === '*') return from;
    if (asked in from) return from[asked];
    if (asked === 'default') return from;
  } else if (asked === '*')
    return require('./instances.cjs').make(
      { kind: 'module', what: local, path: file.path, file, line, column, root: `module:${name}`, depth: 0 },
      {},
    );
  const guess = file.siteOf(local)?.guess ?? null;
  return injections.value(guess, {
    kind: 'attribute',
    what: local,
    path: file.path,
    file,
    line,
    column,
    root: `module:${name}`,
    depth: 1,
  });
}

// Files and input.

const textOfFile = (name) => {
  const path = String(name);
  if (/\.json$/.test(path)) {
    isJsonInjected = true;
    return '{}';
  }
  if (/\.csv$/.test(path)) return 'name,value\nname,1\n';
  if (/\.html?$/.test(path)) return '<html><body></body></html>';
  if (/\.xml$/.test(path)) return '<root></root>';
  return 'text\n';
};

function missing(kind, what, guess, root, file) {
  const origin = { kind, what, path: file.path, file, line: 1, column: 1, root, depth: 0 };
  return within(() => injections.value(guess, origin));
}

const text = (literal, why) => ({ type: 'text', from: 'library', why: [why], literal });

/** Text of files that are not there is read as something of which nothing is known. */
function watchJson(file) {
  const { parse } = JSON;
  JSON.parse = (source, ...rest) => {
    if (source !== '{}' || !isJsonInjected) return parse(source, ...rest);
    return injections.value(
      { type: 'instance', from: 'nothing', why: ['what a missing file holds'] },
      { kind: 'call', what: 'JSON.parse()', path: file.path, file, line: 1, column: 1, root: 'outside:file', depth: 0 },
    );
  };
}
let isJsonInjected = false;

/** Functions of `fs` that give something for a file that is not there. @param file that the guesses are told of */
function watchFiles(file) {
  const instead = {
    readFileSync: (name, options) => contentOf(name, options),
    readdirSync: (name) =>
      missing(
        'file',
        String(name),
        { type: 'list', from: 'library', why: ['a directory is read'], inner: text('file.txt', 'names of files') },
        'outside:file',
        file,
      ),
    statSync: (name) =>
      missing(
        'file',
        String(name),
        { type: 'instance', from: 'library', why: ['a file is asked about'] },
        'outside:file',
        file,
      ),
  };
  const contentOf = (name, options) => {
    const it = missing('file', String(name), text(textOfFile(name), 'a file is read'), 'outside:file', file);
    const encoding = typeof options === 'string' ? options : options?.encoding;
    return typeof it === 'string' && !encoding ? Buffer.from(it) : it;
  };
  const isAbsent = (error) => error?.code === 'ENOENT' || error?.code === 'ENOTDIR';
  const made = (make, args) => within(() => make(...args));
  for (const [name, make] of Object.entries(instead)) {
    const real = fs[name];
    if (typeof real !== 'function') continue;
    fs[name] = function (...args) {
      try {
        if (name === 'readFileSync' && (args[0] === 0 || args[0] === '/dev/stdin')) noteInput(file);
        return apply(real, this, args);
      } catch (error) {
        if (!isAbsent(error) || String(args[0]).includes('.winnow-partial') || args[1]?.throwIfNoEntry === false)
          throw error;
        return made(make, args);
      }
    };
    const asynchronous = name.slice(0, -'Sync'.length);
    const called = fs[asynchronous];
    if (typeof called === 'function')
      fs[asynchronous] = function (...args) {
        const back = args.at(-1);
        if (typeof back !== 'function') return apply(called, this, args);
        return called.call(this, ...args.slice(0, -1), (error, ...rest) => {
          if (error && isAbsent(error)) back(null, make(...args.slice(0, -1)));
          else back(error, ...rest);
        });
      };
    const promised = fs.promises?.[asynchronous];
    if (typeof promised === 'function')
      fs.promises[asynchronous] = async function (...args) {
        try {
          return await apply(promised, this, args);
        } catch (error) {
          if (!isAbsent(error)) throw error;
          return made(make, args);
        }
      };
  }
}

let isInputNoted = false;
/** The input that the tool gave, because the job had none. */
function noteInput(file) {
  if (!plan.givesInput || isInputNoted) return;
  isInputNoted = true;
  missing('input', 'stdin', text(plan.givesInput, 'it is read'), 'outside:input', file);
}

function watchInput(file) {
  const known = Object.getOwnPropertyDescriptor(process, 'stdin');
  if (known === undefined || known.configurable === false) return;
  Object.defineProperty(process, 'stdin', {
    ...(known.get ? { set: known.set } : {}),
    configurable: true,
    enumerable: known.enumerable,
    get() {
      noteInput(file);
      return known.get ? known.get.call(process) : known.value;
    },
  });
}

let argv = null;
/** `process.argv`, with arguments if the job has none. */
const argumentsOf = (file) => (number) => within(() => argvOf(file, number));

function argvOf(file, number) {
  if (argv !== null) return argv;
  argv = process.argv;
  if (argv.length > 2) return argv;
  const site = file.table.sites[number];
  for (let at = 2; at < 4; at++)
    argv[at] = injections.value(text(at === 2 ? 'file.txt' : '1', 'an argument is read'), {
      kind: 'argument',
      what: `process.argv[${at}]`,
      path: file.path,
      file,
      line: site.line,
      column: site.column,
      root: 'outside:argument',
      depth: 0,
    });
  return argv;
}

// The network.

const reply = {
  type: 'instance',
  from: 'library',
  why: ['a reply of the network'],
  fields: {
    ok: { type: 'boolean', from: 'library', why: [], literal: true },
    status: { type: 'integer', from: 'library', why: [], literal: 200 },
    statusCode: { type: 'integer', from: 'library', why: [], literal: 200 },
    statusText: { type: 'text', from: 'library', why: [], literal: 'OK' },
  },
};

function watchNetwork(file) {
  if (plan.hasNetwork) return;
  const it = (what) => missing('network', what, reply, 'outside:network', file);
  globalThis.fetch = async (address) => it(`fetch(${String(address?.url ?? address).slice(0, 80)})`);
  for (const name of ['http', 'https']) {
    let real;
    try {
      real = require(name);
    } catch {
      continue;
    }
    const { EventEmitter } = require('node:events');
    const { Readable } = require('node:stream');
    const ask = (...args) => {
      const asked = new EventEmitter();
      const back = args.find((one) => typeof one === 'function');
      const address = typeof args[0] === 'string' ? args[0] : (args[0]?.href ?? args[0]?.hostname ?? name);
      const answer = () => {
        it(`${name}(${String(address).slice(0, 80)})`);
        const body = Readable.from([Buffer.from('{}')]);
        Object.assign(body, { statusCode: 200, statusMessage: 'OK', headers: {} });
        back?.(body);
        asked.emit('response', body);
      };
      for (const member of ['write', 'setHeader', 'setTimeout', 'abort', 'destroy', 'flushHeaders'])
        asked[member] = () => asked;
      let isSent = false;
      asked.end = () => {
        if (!isSent) setImmediate(answer);
        isSent = true;
        return asked;
      };
      return asked;
    };
    real.request = (...args) => ask(...args);
    real.get = (...args) => ask(...args).end();
  }
}

/** @param file that what has no place of its own is told of */
function watch(file) {
  watchFiles(file);
  watchJson(file);
  watchInput(file);
  if (plan.usesNetwork) watchNetwork(file);
  try {
    require('node:module').syncBuiltinESMExports();
  } catch {
    // An engine whose modules are plain objects.
  }
}

module.exports = { packageOf, requiring, importing, binding, argumentsOf, watch };
