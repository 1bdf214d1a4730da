/**
 * Texts that a regular expression matches, or nearly: what a function looks for by a pattern is seldom drawn by chance; as `winnow_texts.py` has it for Python.
 *
 * The pattern is read in one pass, and each part gives a text as it is read. Look-around, flags and back references by name give nothing; a text that does not match after all is an
 * input like others.
 */
'use strict';

const longest = 200;
const escapes = {
  d: '17',
  D: 'a-',
  w: 'ab1_',
  W: ' -',
  s: ' \n',
  S: 'a1',
  b: '',
  B: '',
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
  0: '\0',
};
const pickOf = (from, rare) => (from.length === 0 ? '' : from[Math.floor(rare.next() * from.length)]);

/** @param source a pattern without slashes @param rare `{next}`, numbers in [0, 1) @returns a text; '' for a pattern that cannot be read */
function sample(source, rare) {
  let at = 0;
  const groups = [];

  function escaped() {
    const sign = source[at++] ?? '';
    if (sign === 'u' || sign === 'x') {
      const found = /^(?:\{([0-9a-f]+)\}|([0-9a-f]{4}|[0-9a-f]{2}))/i.exec(source.slice(at, at + 10));
      if (found === null) return sign;
      at += found[0].length;
      return String.fromCodePoint(Math.min(Number.parseInt(found[1] ?? found[2], 16), 0x10ffff));
    }
    if (/[1-9]/.test(sign)) return groups[Number(sign)] ?? '';
    if ((sign === 'p' || sign === 'P') && source[at] === '{') {
      at = source.indexOf('}', at) + 1 || source.length;
      return 'a';
    }
    return Object.hasOwn(escapes, sign) ? pickOf(escapes[sign], rare) : sign;
  }

  function oneOf() {
    const sign = source[at++] ?? '';
    return sign === '\\' ? escaped() : sign;
  }

  function among() {
    const isNegated = source[at] === '^';
    if (isNegated) at++;
    const signs = [];
    while (at < source.length && source[at] !== ']') {
      const first = oneOf();
      if (source[at] === '-' && source[at + 1] !== ']' && at + 1 < source.length) {
        at++;
        const last = oneOf();
        const [low, high] = [first.codePointAt(0) ?? 97, last.codePointAt(0) ?? 97];
        signs.push(first, last, String.fromCodePoint(Math.floor((low + Math.max(low, high)) / 2)));
      } else signs.push(first);
    }
    at++;
    return pickOf(isNegated ? [...'ab1 -_x'].filter((one) => !signs.includes(one)) : signs, rare);
  }

  function atom() {
    const sign = source[at++];
    if (sign === '\\') return escaped();
    if (sign === '[') return among();
    if (sign === '.') return pickOf('ab 1', rare);
    if (sign === '^' || sign === '$') return '';
    if (sign !== '(') return sign;
    const isLook = /^\?<?[=!]/.test(source.slice(at, at + 3));
    const head = /^\?(?::|<?[=!]|<\w+>)/.exec(source.slice(at))?.[0] ?? '';
    const isKept = head === '' || /^\?<\w/.test(head);
    at += head.length;
    const number = isKept ? groups.push('') : 0;
    const made = either();
    at++;
    if (isKept) groups[number] = made;
    return isLook ? '' : made;
  }

  function sequence() {
    let made = '';
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const start = at;
      const one = atom();
      const end = at;
      const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(at));
      if (found === null) {
        made += one;
        continue;
      }
      at += found[0].length;
      const after = at;
      const least = found[1] === undefined ? (found[0][0] === '+' ? 1 : 0) : Number(found[1]);
      const most =
        found[1] === undefined
          ? found[0][0] === '?'
            ? 1
            : least + 2
          : found[2] === ''
            ? least
            : Number(found[3] || least + 2);
      const count = Math.min(least + Math.floor(rare.next() * (Math.min(most, least + 2) - least + 1)), longest);
      if (count > 0) made += one;
      for (let turn = 1; turn < count && made.length < longest; turn++) {
        at = start;
        made += atom();
        at = end;
      }
      at = after;
    }
    return made;
  }

  function either() {
    const parts = [sequence()];
    while (source[at] === '|') {
      at++;
      parts.push(sequence());
    }
    return pickOf(parts, rare);
  }

  // What closes a group that nobody opened ends it.
  return either().slice(0, longest);
}

module.exports = { sample };
