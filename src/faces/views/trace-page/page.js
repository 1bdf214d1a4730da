/* global pathTo, traceStates, traceTree, valueText */
const { trace, files, ending, backend, notices } = JSON.parse(document.getElementById('data').textContent);
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'class') node.className = value;
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
};
const grouped = (number) => number.toLocaleString('en');

const events = trace?.events ?? [];
const codes = trace?.codes ?? [];
/** Indices of events at which the page can stop. */
const stops = [];
events.forEach((event, at) => {
  if (event.kind === 'line' || event.kind === 'block') stops.push(at);
});

let states = traceStates();
let applied = 0;
/** Everything up to and with an event holds. */
const goTo = (at) => {
  if (at + 1 < applied) {
    states = traceStates();
    applied = 0;
  }
  while (applied <= at && applied < events.length) states.apply(events[applied++]);
};

// What can be seen.
const header = make(
  'header',
  {},
  make('h1', {}, files[0]?.path ?? 'trace'),
  make(
    'span',
    { class: 'dim' },
    `${trace?.runtime ?? ''} · ${backend} · ${trace?.level ?? ''} · ${grouped(events.length)} events`,
  ),
  make('span', { class: ending === 'exit code 0' ? 'dim' : 'event bad' }, ending),
);
const told = make('div', { class: 'notices' });
for (const text of notices) told.append(make('div', {}, text));
const slider = make('input', {
  type: 'range',
  min: '0',
  max: String(Math.max(0, stops.length - 1)),
  value: '0',
  'aria-label': 'step',
});
const position = make('span', { class: 'dim', 'aria-live': 'polite' });
const controls = make(
  'div',
  { class: 'controls' },
  make('button', { title: 'to the beginning (Home)', onclick: () => show(0) }, '|◀'),
  make('button', { title: 'back over calls (Shift+←)', onclick: () => over(-1) }, '◀◀'),
  make('button', { title: 'back (←)', onclick: () => show(now - 1) }, '◀'),
  make('button', { title: 'forward (→)', onclick: () => show(now + 1) }, '▶'),
  make('button', { title: 'forward over calls (Shift+→)', onclick: () => over(1) }, '▶▶'),
  make('button', { title: 'to the end (End)', onclick: () => show(stops.length - 1) }, '▶|'),
  slider,
  position,
);
const code = make('div', { class: 'code' }, controls);
const effects = make('div');
const variables = make('table');
const stack = make('div', { class: 'stack' });
const output = make('pre');
const tree = make('div', { class: 'tree' });
const section = (title, ...content) => make('section', {}, make('h2', {}, title), ...content);
const side = make(
  'div',
  { class: 'side' },
  section('This step', effects),
  section('Variables', variables),
  section('Stack', stack),
  section('Output so far', output),
  section('Calls', tree),
);
document.body.append(header, told, code, side);

// Source, with how often each line ran.
const rows = new Map();
for (const { path, source, lines } of files) {
  if (files.length > 1) code.append(make('div', { class: 'file' }, path));
  const counts = new Map(lines);
  const most = Math.log1p(Math.max(1, ...counts.values()));
  const listed = make('div');
  source
    .replace(/\r?\n$/, '')
    .split(/\r\n|\r|\n/)
    .forEach((text, index) => {
      const line = index + 1;
      const count = counts.get(line);
      const shown = make(
        'span',
        { class: 'count' },
        count === undefined || trace?.level === 'coverage' ? '' : `${grouped(count)}×`,
      );
      const row = make('div', { class: count === undefined ? 'row off' : count === 0 ? 'row missed' : 'row' });
      if (count > 0) {
        shown.style.borderRightColor = `color-mix(in oklab, var(--heat) ${Math.round((100 * Math.log1p(count)) / most)}%, var(--line))`;
        row.title = 'Go to the next time that this line runs (Shift: the time before)';
        row.tabIndex = 0;
        const go = (event) => toLine(path, line, event.shiftKey ? -1 : 1);
        row.addEventListener('click', go);
        row.addEventListener('keydown', (event) => event.key === 'Enter' && go(event));
      }
      row.append(
        make('span', { class: 'number' }, String(line)),
        shown,
        make('span', { class: 'text' }, text === '' ? ' ' : text),
      );
      rows.set(`${path}:${line}`, row);
      listed.append(row);
    });
  code.append(listed);
}

const fileOf = (frame) => codes[states.frames.get(frame)?.code ?? -1]?.file ?? files[0]?.path;
const nameOf = (frame) => codes[states.frames.get(frame)?.code ?? -1]?.name ?? '?';
const text = (value, length = 400) => valueText(value, states, trace.language, { depth: 4, length });

let now = -1;
let lit = [];

function show(step) {
  if (stops.length === 0) return;
  now = Math.min(stops.length - 1, Math.max(0, step));
  const at = stops[now];
  const event = events[at];
  // What the step before did has happened; what this one does is shown beside it.
  const until = (stops[now + 1] ?? events.length) - 1;
  const mine = [];
  for (let index = at + 1; index <= until; index++)
    if (events[index].frame === event.frame || events[index].kind === 'output') mine.push(index);
  goTo(until);
  slider.value = String(now);
  position.textContent = `${grouped(now + 1)} of ${grouped(stops.length)}`;
  for (const row of lit) row.classList.remove('now', 'caller');
  lit = [];
  const light = (frame, line, kind) => {
    const row = rows.get(`${fileOf(frame)}:${line}`);
    if (row === undefined || row.classList.contains('now')) return;
    row.classList.add(kind);
    lit.push(row);
  };
  light(event.frame, event.line, 'now');
  lit[0]?.scrollIntoView({ block: 'nearest' });
  const frames = [];
  for (let frame = event.frame; frame > 0 && frames.length < 200; frame = states.frames.get(frame)?.caller ?? 0)
    frames.push(frame);
  for (const frame of frames.slice(1)) light(frame, states.frames.get(frame)?.line, 'caller');
  showEffects(event, mine);
  showVariables(event.frame, mine);
  stack.replaceChildren(
    ...frames.map((frame, index) =>
      make(
        'button',
        { class: index === 0 ? 'here' : '', onclick: () => showVariables(frame, []) },
        `${nameOf(frame)}  line ${states.frames.get(frame)?.line ?? '?'}`,
      ),
    ),
  );
  showOutput(until);
  for (const node of tree.querySelectorAll('.here')) node.classList.remove('here');
  treeRows.get(event.frame)?.classList.add('here');
}

function showEffects(event, mine) {
  const list = [];
  const written = new Set(mine.map((index) => (events[index].kind === 'write' ? events[index].value?.r : undefined)));
  if (event.skipped > 0)
    list.push(make('div', { class: 'dim' }, `${grouped(event.skipped)} executions before were not recorded`));
  for (const index of mine) {
    const one = events[index];
    if (one.kind === 'object') {
      const path = pathTo(one.object, one.frame, states);
      if (path !== null && !written.has(one.object))
        list.push(make('div', { class: 'event' }, `${path} = ${text({ r: one.object })}`));
    } else if (one.kind === 'write')
      list.push(make('div', { class: 'event' }, one.gone ? `${one.name} is gone` : `${one.name} = ${text(one.value)}`));
    else if (one.kind === 'return') list.push(make('div', { class: 'event' }, `returns ${text(one.value)}`));
    else if (one.kind === 'yield') list.push(make('div', { class: 'event' }, `yields ${text(one.value)}`));
    else if (one.kind === 'raise')
      list.push(
        make(
          'div',
          { class: 'event bad' },
          `raises ${one.type || 'what is not known'}${one.message === '' ? '' : `: ${one.message}`}`,
        ),
      );
    else if (one.kind === 'unwind') list.push(make('div', { class: 'event bad' }, 'left by the exception'));
    else if (one.kind === 'branch') list.push(make('div', { class: 'dim' }, `condition: ${one.way}`));
    else if (one.kind === 'output') list.push(make('div', { class: 'event' }, `prints ${JSON.stringify(one.text)}`));
    else if (one.kind === 'note') list.push(make('div', { class: 'dim' }, one.text));
  }
  effects.replaceChildren(...(list.length > 0 ? list : [make('div', { class: 'dim' }, 'nothing written')]));
}

function showVariables(frame, mine) {
  const held = states.frames.get(frame)?.variables ?? new Map();
  const fresh = new Set(mine.map((index) => (events[index].kind === 'write' ? events[index].name : '')));
  const objects = new Set(mine.map((index) => (events[index].kind === 'object' ? events[index].object : -1)));
  const list = [...held].map(([name, value]) => {
    const isNew = fresh.has(name) || (value !== null && typeof value === 'object' && objects.has(value.r));
    return make('tr', { class: isNew ? 'new' : '' }, make('td', {}, name), make('td', {}, text(value, 1000)));
  });
  variables.replaceChildren(...list);
  if (list.length === 0)
    variables.append(
      make(
        'tr',
        {},
        make('td', { class: 'dim' }, trace.level === 'values' ? 'none' : `not recorded at level ${trace.level}`),
      ),
    );
}

const printed = [];
events.forEach((event, at) => {
  if (event.kind === 'output') printed.push({ at, text: event.text, bad: event.stream === 'stderr' });
});
function showOutput(until) {
  const parts = printed.filter(({ at }) => at <= until).slice(-2000);
  output.replaceChildren(...parts.map(({ text: part, bad }) => make('span', bad ? { class: 'err' } : {}, part)));
  if (parts.length === 0) output.append(make('span', { class: 'dim' }, 'nothing'));
  output.scrollTop = output.scrollHeight;
}

function toLine(path, line, way) {
  for (let step = now + way; step >= 0 && step < stops.length; step += way) {
    const event = events[stops[step]];
    if (event.line !== line) continue;
    goTo(stops[step]);
    if (fileOf(event.frame) === path) return show(step);
  }
  show(now);
}

/** The next step that is in this frame or in one that it returned to. */
function over(way) {
  const { frame } = events[stops[now]];
  const around = new Set();
  for (let one = frame; one > 0; one = states.frames.get(one)?.caller ?? 0) around.add(one);
  for (let step = now + way; step >= 0 && step < stops.length; step += way)
    if (around.has(events[stops[step]].frame)) return show(step);
  show(way > 0 ? stops.length - 1 : 0);
}

// The tree of calls; branches are made when they are opened.
const treeRows = new Map();
const stepOf = new Map(stops.map((at, step) => [at, step]));
const called = (visit) =>
  visit.steps.flatMap(({ visits }) => visits).filter(({ code: one }) => codes[one]?.kind !== 'part');
const widest = 200;
function branch(visit) {
  const name = codes[visit.code]?.name ?? '?';
  const children = called(visit);
  const go = () => {
    const first = visit.steps[0];
    if (first !== undefined) show(stepOf.get(first.event) ?? 0);
  };
  if (children.length === 0) {
    const leaf = make('div', { class: 'leaf', onclick: go }, name);
    treeRows.set(visit.frame, leaf);
    return leaf;
  }
  const summary = make(
    'summary',
    { ondblclick: go, onclick: (event) => event.shiftKey && go() },
    `${name} `,
    make('span', { class: 'dim' }, `${grouped(children.length)} ${children.length === 1 ? 'call' : 'calls'}`),
  );
  const details = make('details', {}, summary);
  treeRows.set(visit.frame, summary);
  details.addEventListener(
    'toggle',
    () => {
      details.append(...children.slice(0, widest).map(branch));
      if (children.length > widest)
        details.append(make('div', { class: 'leaf dim' }, `${grouped(children.length - widest)} more`));
    },
    { once: true },
  );
  return details;
}
const roots = traceTree({ events });
tree.append(...roots.slice(0, widest).map(branch));
for (const details of tree.querySelectorAll(':scope > details')) details.open = true;

slider.addEventListener('input', () => show(Number(slider.value)));
document.addEventListener('keydown', (event) => {
  if (event.target === slider || event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = {
    ArrowRight: () => (event.shiftKey ? over(1) : show(now + 1)),
    ArrowLeft: () => (event.shiftKey ? over(-1) : show(now - 1)),
    Home: () => show(0),
    End: () => show(stops.length - 1),
  };
  if (keys[event.key] === undefined) return;
  event.preventDefault();
  keys[event.key]();
});
if (stops.length === 0)
  effects.append(make('div', { class: 'dim' }, `no steps were recorded at level ${trace?.level ?? 'none'}`));
show(0);
