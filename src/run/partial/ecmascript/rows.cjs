/**
 * Where the rows of a round go: winnow.partial/1, a file beside the program.
 *
 * What ran is written when a loop has run long, when something is injected, and at the end, so that a round that is stopped from outside has told what it
 * did. Functions of the language are taken before the program can replace them. What the program takes away (it closes all descriptors, empties its directory) is written anew at the end.
 */
'use strict';
const fs = require('node:fs');
const { within } = require('./kept.cjs');
const plan = require('./plan.json');

const { openSync, writeSync, mkdirSync, fstatSync, readFileSync, renameSync } = fs;
const { stringify } = JSON;
const { push, slice, join } = Array.prototype;
const { apply } = Reflect;

/** Rows of one kind past this are counted; the reader takes 2,000. */
const mostRows = 1_000;

const directory = __dirname;
const path = `${directory}/rows.jsonl`;
const fd = openSync(path, 'w');
/** Descriptors have numbers, and another file may come to have this one's. */
const own = placeOf(fd);
let waiting = '';
/** All that was written, for when it is lost. */
let written = '';
let more = 0;
let ended = false;
const counts = { __proto__: null };
const files = [];

/** Which file a descriptor is of; null where an engine cannot tell or there is none. */
function placeOf(one) {
  try {
    const { dev, ino } = fstatSync(one);
    return `${dev} ${ino}`;
  } catch {
    return null;
  }
}

function put() {
  const text = waiting;
  waiting = '';
  if (text === '') return;
  written += text;
  try {
    if (placeOf(fd) !== own) return;
    writeSync(fd, text);
  } catch {
    // The program closed what it did not open, or the disk is full: it is written at the end, where that can be.
  }
}

function textNow() {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** What the program removed, cut or wrote over is there again. */
function mend() {
  if (own === null) return;
  if (textNow() === written) return;
  try {
    mkdirSync(directory, { recursive: true });
    const fresh = openSync(`${path}.new`, 'w');
    writeSync(fresh, written);
    // What there is stays where no more can be written.
    renameSync(`${path}.new`, path);
  } catch {
    // A disk that takes nothing: the round has then not told its end.
  }
}

const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function row(value) {
  const count = (counts[value.e] ?? 0) + 1;
  counts[value.e] = count;
  if (count > mostRows && value.e !== 'ran') {
    if (value.e === 'injected') more++;
    return;
  }
  waiting += `${stringify(value)}\n`;
  if (waiting.length > 50_000) put();
}

/** @param path of a file @param lines of its statements @param covered one byte each @param counts one byte each: whether it is told of */
function statements(path, lines, covered, counts) {
  const own = [];
  for (let k = 0; k < lines.length; k++) if (counts[k]) own[own.length] = k;
  files[files.length] = { path, covered, own, told: new Uint8Array(own.length) };
  row({ e: 'statements', path, lines: own.map((k) => lines[k]) });
}

const flush = () => within(flushed);

function flushed() {
  for (let at = 0; at < files.length; at++) {
    const { path, covered, own, told } = files[at];
    const ran = [];
    for (let k = 0; k < told.length; k++)
      if (covered[own[k]] && !told[k]) {
        told[k] = 1;
        ran[ran.length] = k;
      }
    if (ran.length > 0) row({ e: 'ran', path, ran });
  }
  put();
}

function end() {
  if (ended) return;
  flush();
  ended = true;
  waiting += `${stringify({ e: 'end', more })}\n`;
  put();
  mend();
}

waiting = `${stringify({ format: 'winnow.partial/1', language: plan.language, level: plan.level })}\n`;

module.exports = {
  row,
  statements,
  flush,
  end,
  cut,
  gap: (text) => row({ e: 'gap', text: cut(text, 300) }),
  push: (list, value) => apply(push, list, [value]),
  slice: (list) => apply(slice, list, []),
  join: (list) => apply(join, list, [',']),
};
