/**
 * One version of a function of JavaScript: where it is, what it is called with, and what comes of a call.
 *
 * Both versions are loaded in one process, each from files of its own. A call is bounded by its loops and calls (`hooks.cjs`); clocks and chance are the same for both, and
 * what it writes, throws, prints and gives is told as text.
 */
'use strict';
const stands = require('./stands.cjs');
const { canon } = require('./canon.cjs');
const hooks = require('./hooks.cjs');
const plan = require('./plan.json');

/** Turns of the event loop that a promise is waited for. */
const mostTurns = 12;
const mostTimers = 20;
const real = {
  immediate: setImmediate,
  log: console.log,
  random: Math.random,
  Date,
  timeout: setTimeout,
  exit: process.exit,
  write: process.stdout.write,
};

class Exit {
  constructor(code) {
    this.code = code;
  }
}

let out = '';
let timers = [];

/** What is the same for both: clocks, chance, output; timers run when the call has come to its end. */
function still() {
  const { turn } = stands.now();
  const chance = stands.random(`chance ${turn}`);
  Math.random = chance.next;
  out = '';
  timers = [];
  console.log = console.info = (...parts) => {
    out += `${parts.map((one) => (typeof one === 'string' ? one : canon(one))).join(' ')}\n`;
  };
  console.error = console.warn = console.debug = console.trace = () => {};
  process.stdout.write = (text) => {
    out += text;
    return true;
  };
  process.exit = (code) => {
    throw new Exit(code ?? 0);
  };
  const later = (work, ms, ...args) => {
    if (timers.length < mostTimers) timers.push({ work, ms: Number(ms) || 0, args });
    return timers.length;
  };
  globalThis.setTimeout = globalThis.setInterval = later;
  globalThis.setImmediate = (work, ...args) => later(work, 0, ...args);
  globalThis.clearTimeout =
    globalThis.clearInterval =
    globalThis.clearImmediate =
      (at) => {
        if (timers[at - 1]) timers[at - 1].work = null;
      };
  real.Date.now = () => 1_600_000_000_000;
}

function loud() {
  console.log = real.log;
  process.stdout.write = real.write;
  process.exit = real.exit;
  globalThis.setTimeout = real.timeout;
  globalThis.setImmediate = real.immediate;
}

class Side {
  /** @param about its file and number in the tables, `differ` and `inside` (statements), `isHead` (what differs is no statement), `names` of parameters in the other */
  constructor(about, number) {
    this.about = about;
    this.number = number;
    this.held = null;
    this.gap = null;
  }

  find() {
    const file = hooks.all[this.about.file];
    if (file === undefined) {
      this.gap ??= 'its file could not be loaded';
      return;
    }
    this.file = file;
    this.at = this.about.number;
    this.held = file.registry.get(this.at) ?? null;
    this.told = file.table.functions[this.at];
    if (this.held !== null) return;
    // One inside of another is there only when that one runs.
    const outer = file.table.functions.findIndex(
      ({ name, line, lastLine }, at) =>
        at !== this.at &&
        file.registry.has(at) &&
        line <= this.told.line &&
        lastLine >= this.told.lastLine &&
        name !== this.told.name,
    );
    this.outer = outer >= 0 ? outer : null;
    if (this.outer === null) this.gap ??= 'what declares it did not run when its file was loaded';
  }

  argumentsOf(told, spec, names, prefix = '') {
    const args = [];
    const now = stands.now();
    const given =
      prefix === '' && now.turn % 4 === 1 && plan.facts.calls.length > 0
        ? stands.givenCall(stands.randomAt('call'))
        : [];
    for (const [at, one] of told.parameters.entries()) {
      const what = one.isPattern ? `argument ${at + 1}` : one.what.replace(/@\d+/g, '');
      const name = names[what] ?? what;
      // At the end, and unknown to who calls the other version: on every third input somebody gives it, and the other takes no notice.
      if (prefix === '' && plan.alone.includes(name) && now.turn % 3 !== 2) break;
      const rare = stands.randomAt(`given? ${prefix}${name}`);
      if (at < given.length && !spec.plain?.includes(name)) {
        args.push(...(one.isRest ? given.slice(at) : [given[at]]));
        continue;
      }
      if (one.isRest) {
        const count = [0, 1, 2, 3][((now.turn % 4) + 4) % 4];
        for (let index = 0; index < count; index++) args.push(stands.value(`${prefix}${name}[${index}]`, `${name}[]`));
        break;
      }
      const isLeft =
        prefix === '' &&
        (one.hasDefault || plan.facts.optional.includes(name)) &&
        (spec.plain?.includes(name) || rare.next() < 0.4);
      args.push(isLeft ? undefined : one.isPattern ? patterned(one, prefix + name) : stands.value(prefix + name, name));
    }
    return args;
  }

  /** What a method is called on: every other one as its class begins it, where that works. */
  owner(held, spec) {
    if (held.isStatic) return held.owner;
    if (held.object !== undefined)
      return Object.create(Object.getPrototypeOf(held.object), Object.getOwnPropertyDescriptors(held.object));
    const now = stands.now();
    const { functions } = this.file.table;
    const prefix = this.told.name.slice(0, this.told.name.lastIndexOf('.'));
    const begins = functions.find(({ name, kind }) => kind === 'constructor' && name === `${prefix}.constructor`);
    if (now.turn % 2 === 0)
      try {
        return stands.lacking(
          Reflect.construct(held.owner, begins === undefined ? [] : this.argumentsOf(begins, spec, {}, 'made ')),
          'this',
        );
      } catch (error) {
        if (error?.winnowEnd) throw error;
      }
    return stands.lacking(Object.create(held.owner.prototype ?? null), 'this');
  }

  /** -> [the function, what it is called on] */
  target(spec) {
    let { held } = this;
    if (held === null) {
      this.file.registry.delete(this.at);
      const outer = this.file.registry.get(this.outer);
      const told = this.file.table.functions[this.outer];
      const func =
        outer.value ?? (outer.isStatic ? outer.owner : (outer.owner?.prototype ?? outer.object))?.[outer.key];
      const made = Reflect.apply(func, stands.stand('this', 'this', false), this.argumentsOf(told, spec, {}, 'outer '));
      if (made instanceof Promise) made.catch(() => {});
      held = this.file.registry.get(this.at) ?? null;
      if (held === null) return null;
    }
    if (held.owner === undefined && held.object === undefined)
      return [
        held.value,
        this.told.usesThis && !/^[A-Z]/.test(this.told.name.split('.').at(-1))
          ? stands.stand('this', 'this', false)
          : undefined,
      ];
    if (this.told.kind === 'constructor') return [held.owner, null];
    const on = this.owner(held, spec);
    const about = Object.getOwnPropertyDescriptor(
      held.isStatic ? held.owner : (held.object ?? held.owner.prototype),
      held.key,
    );
    return [about?.value ?? (this.told.kind === 'setter' ? about?.set : about?.get), on];
  }

  /** -> what came of it, as plain data */
  async call(spec) {
    const now = stands.begin(spec);
    Object.assign(hooks.run, { ticks: 0, isOver: false, inside: `${this.about.file} ${this.at}`, isEntered: false });
    hooks.run.thrown.clear();
    still();
    const { c } = this.file;
    c.fill(0);
    const result = { kind: 'returned', value: '', soft: false };
    const names = this.about.names;
    let args = [];
    let on;
    try {
      const found = this.target(spec);
      if (found === null) throw new TypeError('the function was not come to');
      const [func, self] = found;
      on = self;
      args = this.argumentsOf(this.told, spec, names);
      const shown = args.map((one) => canon(one));
      result.input = Object.fromEntries(
        this.told.parameters.map(({ what, isPattern }, at) => [
          isPattern ? `argument ${at + 1}` : (names[what] ?? what.replace(/@\d+/g, '')),
          shown[at] ?? 'undefined',
        ]),
      );
      c.fill(0);
      Object.assign(now, { effects: [], writes: new Map() });
      hooks.run.ticks = 0;
      const isMade =
        self === null ||
        (/^[A-Z]/.test(this.told.name) &&
          this.told.usesThis &&
          this.held?.owner === undefined &&
          this.held?.object === undefined);
      result.value = canon(await settled(isMade ? Reflect.construct(func, args) : Reflect.apply(func, self, args)));
    } catch (error) {
      this.failed(error, result);
    }
    try {
      for (const { work, args: given } of [...timers].sort((a, b) => a.ms - b.ms))
        if (typeof work === 'function') await settled(work(...given));
      await turns(2);
    } catch (error) {
      if (result.kind === 'returned') this.failed(error, result);
    }
    if (hooks.run.isOver) Object.assign(result, { kind: 'endless', value: '', soft: false });
    hooks.run.isOver = false;
    hooks.run.ticks = 0;
    const told = (make) => {
      try {
        return make();
      } catch {
        return '...';
      }
    };
    const shared = this.told.parameters.findIndex(({ what }) => plan.alone.includes(what.replace(/@\d+/g, '')));
    result.state = Object.fromEntries(
      args.slice(0, shared < 0 ? undefined : shared).map((one, at) => [`argument ${at + 1}`, told(() => canon(one))]),
    );
    if (on !== undefined && on !== null && !stands.isStand(on)) result.state.this = told(() => canon(on));
    result.writes = Object.fromEntries([...now.writes].map(([place, one]) => [place, told(() => canon(one))]));
    result.effects = now.effects;
    result.out = out.slice(0, 20_000);
    result.ran = this.about.isHead ? hooks.run.isEntered : this.about.differ.some((at) => c[at] === 1);
    result.lines = [];
    for (const at of this.about.inside) if (c[at] === 1) result.lines.push(at);
    result.places = now.places.slice(0, 100);
    loud();
    return result;
  }

  failed(error, result) {
    if (error?.winnowEnd) return;
    result.kind = 'raised';
    if (error instanceof Exit) {
      result.value = `exit ${error.code}`;
      return;
    }
    const name = error instanceof Error ? error.name : `what is no error: ${canon(error)}`;
    result.value = String(name).slice(0, 200);
    const message = String(error?.message ?? '');
    const isOfEngine =
      error instanceof TypeError ||
      error instanceof RangeError ||
      error instanceof ReferenceError ||
      error instanceof SyntaxError;
    // An operation failed on a value that a caller might never give; nothing is made of it, unless it is nothing that the code itself looks out for.
    result.soft =
      isOfEngine &&
      !hooks.run.thrown.has(error) &&
      !(error instanceof TypeError && /\b(null|undefined)\b/.test(message) && !/not a function/.test(message));
  }
}

function patterned(one, place) {
  return one.guess.type === 'list'
    ? stands.items(place, place, stands.randomAt(place), false)
    : stands.lacking({}, place);
}

async function turns(count) {
  for (let at = 0; at < count; at++) await new Promise((done) => real.immediate(done));
}

/** What a promise comes to; one that nothing comes of is told as that. */
async function settled(it) {
  if (!(it instanceof Promise)) return it;
  const never = {};
  const found = await Promise.race([it, turns(mostTurns).then(() => never)]);
  if (found !== never) return found;
  const [work] = timers.splice(0, 1);
  if (work === undefined) return 'a promise of which nothing came';
  if (typeof work.work === 'function') work.work(...work.args);
  return settled(it);
}

module.exports = { Side };
