// How names, places and errors are put into rows. It holds no key, so that the processes of tests may load it as well.
'use strict';
const { join, relative, isAbsolute, sep } = require('node:path');
const { fileURLToPath } = require('node:url');

const root = join(__dirname, '..');
const NAME = 2000;

function cut(text, most) {
  const whole = typeof text === 'string' ? text : String(text ?? '');
  return whole.length <= most ? whole : `${whole.slice(0, most - 1)}…`;
}

/** A path below the project, or as it is. */
function short(path) {
  if (typeof path !== 'string' || path === '') return '';
  const plain = path.startsWith('file:') ? fileURLToPath(path) : path;
  if (!isAbsolute(plain)) return plain;
  const within = relative(root, plain);
  return within.startsWith('..') ? plain : within.split(sep).join('/');
}

/** The first frame of a stack that is the project's own. */
function placeOf(stack) {
  for (const line of String(stack ?? '').split('\n')) {
    const found = /(?:\(|at |\s|^)((?:file:\/\/)?\/[^\s()]+?):(\d+)(?::\d+)?\)?$/.exec(line.trimEnd());
    if (found === null) continue;
    const path = short(found[1]);
    if (!isAbsolute(path) && !path.startsWith('.winnow-tests') && !path.split('/').includes('node_modules'))
      return [cut(path, NAME), Number(found[2])];
  }
  return null;
}

/** Colours that runners put into their messages. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const colours = /\u001b\[[0-9;]*m/g;

function told(error) {
  if (error === undefined || error === null) return { message: '', stack: '' };
  if (typeof error === 'string') {
    // A message and its stack in one.
    const stack = error.replace(colours, '');
    return { message: stack.split(/\n\s+at /)[0].trim(), stack };
  }
  const message = String(error.message ?? error).replace(colours, '');
  const stack = String(error.stack ?? '').replace(colours, '');
  return { message, stack: stack.includes(message) || stack === '' ? stack || message : `${message}\n${stack}` };
}

module.exports = { root, cut, short, placeOf, told, NAME };
