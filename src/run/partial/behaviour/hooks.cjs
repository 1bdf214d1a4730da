/**
 * The hooks of files rewritten for partial execution (`code/instrument/partial-ecmascript.ts`), where two versions are compared: what is missing is a stand-in, and every loop and call
 * looks at how long the running call takes.
 */
'use strict';
const stands = require('./stands.cjs');
const { plainElement } = require('./element.cjs');
const tables = require('./tables.json');

/** Rounds of loops and calls in one call of the function; what takes more does not end. */
const mostTicks = 20_000;

class End {
  winnowEnd = true;
}
const end = new End();
/** `inside`: the function that is compared, as `FILE NUMBER`. */
const run = { ticks: 0, isOver: false, thrown: new Set(), inside: '', isEntered: false };

/** Ends the running call; a handler of the program's own that takes it comes to the next hook, and is ended again. */
function tick() {
  if (stands.now().turn < 0 ? ++run.ticks > 100 * mostTicks : ++run.ticks > mostTicks) {
    run.isOver = true;
    throw end;
  }
}

const missing =
  /^(MODULE_NOT_FOUND|ERR_(MODULE_NOT_FOUND|UNKNOWN_BUILTIN_MODULE|UNSUPPORTED_DIR_IMPORT|PACKAGE_PATH_NOT_EXPORTED|UNKNOWN_FILE_EXTENSION|UNSUPPORTED_ESM_URL_SCHEME))$/;
const isMissing = (error) =>
  missing.test(String(error?.code)) ||
  /cannot find (module|package)|could not (load|resolve)/i.test(String(error?.message));
/** What leaves the sandbox, or would end it, is a stand-in. */
const outside =
  /^(node:)?(child_process|http|https|net|tls|dgram|cluster|worker_threads|http2|dns|dns\/promises|repl|inspector)$/;

const modules = new Map();
/** What leaves the sandbox: its constants are real, what it does is not. */
function outsideOf(name, real) {
  if (!modules.has(name)) {
    const short = name.replace(/^node:/, '');
    const made = {};
    try {
      for (const [key, it] of Object.entries(real(name)))
        made[key] = typeof it === 'function' ? stands.stand(`${short}.${key}`, `${short}.${key}`, true) : it;
    } catch {
      // An engine that has no such module.
    }
    modules.set(name, Object.keys(made).length > 0 ? made : moduleOf(name));
  }
  return modules.get(name);
}

function moduleOf(name) {
  const short =
    name
      .replace(/^node:/, '')
      .replace(/^.*\//, '')
      .replace(/\.\w+$/, '')
      .replace(/\W/g, '_') || 'module';
  if (!modules.has(short)) modules.set(short, stands.stand(short, short, true));
  return modules.get(short);
}

const names = new Map();
function nameOf(name) {
  if (name in globalThis) return globalThis[name];
  if (stands.now().turn < 0) {
    if (!names.has(name)) names.set(name, stands.stand(name, name, true));
    return names.get(name);
  }
  return names.has(name) ? names.get(name) : stands.value(name, name);
}

const all = [];

function file(number) {
  const table = tables.files[number];
  const c = new Uint8Array(table.statements.length);
  const registry = new Map();
  all[number] = { table, c, registry };
  const hold = (at, held) => {
    if (at >= 0) registry.set(at, held);
  };
  const last = (name) => name.slice(name.lastIndexOf('.') + 1);
  return {
    c,
    n: (site) => nameOf(table.sites[site].what.replace(/@\d+/g, '')),
    b: (_k, it) => {
      if (run.isOver) throw end;
      return stands.isStand(it) ? stands.decide(stands.placeOf(it)) : it;
    },
    t: (it) => (stands.isStand(it) && !stands.decide(stands.placeOf(it)) ? undefined : it),
    l: () => {
      tick();
      return false;
    },
    f: (k) => {
      if (`${number} ${k}` === run.inside) run.isEntered = true;
      tick();
    },
    s: () => {},
    v: (k, it) => {
      c[k] = 1;
      return it;
    },
    x: (_k, error) => {
      run.thrown.add(error);
      return error;
    },
    u: () => {
      if (run.isOver) throw end;
    },
    q: (at, real) => (name) => {
      if (outside.test(name)) return outsideOf(name, real);
      try {
        return real(table.modules[at].to ?? name);
      } catch (error) {
        if (!isMissing(error)) throw error;
        return moduleOf(name);
      }
    },
    m: async (at, load) => {
      const { name } = table.modules[at];
      if (outside.test(name)) return outsideOf(name, require);
      try {
        return await load();
      } catch (error) {
        if (!isMissing(error)) throw error;
        return moduleOf(name);
      }
    },
    i: (from, asked, _number, local) => {
      if (!stands.isStand(from))
        return asked === '*' ? from : asked in from ? from[asked] : asked === 'default' ? from : undefined;
      return asked === '*' ? from : stands.stand(local, local, true);
    },
    j(holder, type, given, ...children) {
      const { member } = table.elements;
      const make = stands.isStand(holder) || !holder ? null : member === '' ? holder : holder[member];
      const isReal = typeof make === 'function' && !stands.isStand(make);
      return isReal
        ? Reflect.apply(make, holder, [type ?? holder.Fragment, given, ...children])
        : plainElement(type, given, children);
    },
    g: () => ['node', 'main', 'a', '1'],
    d: () => {},
    D(wanted) {
      for (const name of wanted) if (!(name in globalThis)) globalThis[name] = stands.stand(name, name, true);
    },
    E: () => {},
    e(_k, error) {
      throw error;
    },
    w: (_site, _line, _column, make) => make(),
    W: (_site, _line, _column, make) => make(),
    r: (at, it) => hold(at, { value: it }),
    R(at, name, it) {
      if (name !== '' && it.name === '') Object.defineProperty(it, 'name', { value: name, configurable: true });
      hold(at, { value: it });
      return it;
    },
    k(numbers, owner) {
      for (const at of numbers) {
        const key = last(table.functions[at]?.name ?? '');
        if (!key.startsWith('#')) hold(at, { owner, key, isStatic: !(key in (owner.prototype ?? {})) && key in owner });
      }
    },
    o(numbers, object) {
      for (const at of numbers) hold(at, { object, key: last(table.functions[at]?.name ?? '') });
      return object;
    },
  };
}

module.exports = { file, all, run };
