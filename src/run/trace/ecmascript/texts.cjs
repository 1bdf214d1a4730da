/** Events as rows of winnow.recording/1, without the brace before: a frame's number, rows of the tables and texts of values go in. */
'use strict';
const { stringify } = JSON;

exports.textsFor = function textsFor({ plan: { level }, points, branches, codes }, values) {
  const withValues = level === 'values';
  const lineWord = level === 'blocks' ? 'block' : 'line';
  const lineText = (n, k) => `"e":"${lineWord}","f":${n},"l":${points[k][1]},"c":${points[k][0]}`;
  function branchText(n, k, way) {
    const row = branches[k];
    const to = way === 'false' ? row[3] : row[2];
    return `"e":"branch","f":${n},"l":${row[1]},"way":"${way}"${to > 0 ? `,"to":${to}` : ''}`;
  }
  const valueText = (n, word, value, depth) =>
    `"e":"${word}","f":${n},"to":${withValues ? values.text(value, depth) : 'null'}`;
  function writeText(n, row, value) {
    const scope = row[1] === 'local' ? '' : `,"in":"${row[1]}"`;
    return `"e":"write","f":${n},"v":${stringify(row[0])},"to":${value}${scope}`;
  }
  function callText(n, code, from, args) {
    const names = codes[code][5];
    let given = '';
    if (args !== null)
      for (let at = 0; at < names.length; at++) given += `${at === 0 ? '' : ','}[${stringify(names[at])},${args[at]}]`;
    return `"e":"call","f":${n},"c":${code},"from":${from}${given === '' ? '' : `,"args":[${given}]`}`;
  }
  return { lineText, branchText, valueText, writeText, callText };
};
