/**
 * Where the rows of a round go: winnow.partial/1, a file beside the program.
 *
 * What ran is written when a loop has run long, when something is injected, and at the end, so that a round that is stopped from outside has told what it
 * did. Functions of the language are taken before the program can replace them.
 */
'use strict';
const fs = require('node:fs');
const plan = require('./plan.json');

const { openSync, writeSync } = fs;
const { stringify } = JSON;
const { push, slice, join } = Array.prototype;
const { apply } = Reflect;

/** Rows of one kind past this are counted; the reader takes 2,000. */
const mostRows = 1_000;

const fd = openSync(`${__dirname}/rows.jsonl`, 'w');
let waiting = '';
let more = 0;
let ended = false;
const counts = { __proto__: null };
const files = [];

function put() {
  const text = waiting;
  waiting = '';
  if (text === '') return;
  try {
    writeSync(fd, text);
  } catch {
    // The program closed what it did not open, or the disk is full: the round has then not ended.
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

function flush() {
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
