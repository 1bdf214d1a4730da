/**
 * `import` in cells: statements become `await import()`, and every `import()` goes through this process's own loader.
 *
 * A cell is no module, and V8 knows no loader for what a prompt evaluates. Line breaks stay where they were, so that errors keep their lines. The parser
 * is Node's own (acorn); where it cannot read a cell, the cell is left as it is and V8 says what is wrong.
 */
'use strict';

const { pathToFileURL } = require('node:url');
const { resolve } = require('node:path');

const name = '__import';

/** @returns the code with its imports rewritten */
function withImports(code) {
  if (!/\bimport\b/.test(code)) return code;
  let acorn;
  let tree;
  try {
    // By `--expose-internals`. Loaded by the first cell that imports: 2 MB.
    acorn = require('internal/deps/acorn/acorn/dist/acorn');
    tree = acorn.parse(code, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      allowAwaitOutsideFunction: true,
      allowImportExportEverywhere: true,
    });
  } catch {
    return code;
  }
  const edits = [];
  for (const node of tree.body) if (node.type === 'ImportDeclaration') edits.push(statement(node, code));
  dynamic(tree, edits);
  edits.sort((a, b) => b.start - a.start);
  return edits.reduce((text, { start, end, by }) => text.slice(0, start) + by + text.slice(end), code);
}

function statement(node, code) {
  const original = code.slice(node.start, node.end);
  const breaks = '\n'.repeat(original.split('\n').length - 1);
  const from = `await ${name}(${node.source.raw}${attributes(node)})`;
  const parts = [];
  const named = [];
  for (const { type, local, imported } of node.specifiers) {
    if (type === 'ImportNamespaceSpecifier') parts.push(`const ${local.name} = ${from};`);
    else {
      const outer = type === 'ImportDefaultSpecifier' ? 'default' : (imported.name ?? imported.raw);
      named.push(outer === local.name ? outer : `${outer}: ${local.name}`);
    }
  }
  if (named.length > 0) parts.push(`const { ${named.join(', ')} } = ${from};`);
  if (node.specifiers.length === 0) parts.push(`void (${from});`);
  return { start: node.start, end: node.end, by: parts.join(' ') + breaks };
}

function attributes({ attributes = [] }) {
  if (attributes.length === 0) return '';
  const text = attributes.map(({ key, value }) => `${key.raw ?? JSON.stringify(key.name)}: ${value.raw}`).join(', ');
  return `, { with: { ${text} } }`;
}

function dynamic(node, edits) {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node)) {
    for (const item of node) dynamic(item, edits);
    return;
  }
  if (node.type === 'ImportExpression') edits.push({ start: node.start, end: node.start + 'import'.length, by: name });
  for (const key of Object.keys(node)) if (key !== 'type') dynamic(node[key], edits);
}

/** Puts the loader where cells find it. Paths are those of the current directory, as at Node's own prompt. */
function importer() {
  Object.defineProperty(globalThis, name, {
    value: (specifier, options) => {
      const text = String(specifier);
      const isPath = /^(\.{1,2}\/|\/)/.test(text);
      // Asked for again, a file that has changed is read again: a session outlives what it imports.
      return import(
        isPath ? pathToFileURL(resolve(text)).href : text.startsWith('node:') ? text : resolved(text),
        options
      );
    },
    enumerable: false,
  });
}

function resolved(text) {
  try {
    const found = require('node:module').createRequire(`${process.cwd()}/`).resolve(text);
    return found.startsWith('/') ? pathToFileURL(found).href : text;
  } catch {
    return text;
  }
}

module.exports = { withImports, importer };
