/** Types that JSDoc tells in JavaScript, across files. */
import { describe, expect, it } from 'vitest';
import { edgesOf, makeGraph } from '../../../test/graphs.ts';

const others = {
  'cart.js': 'class Cart { total() {} }\nclass Item { name() {} }\nmodule.exports = { Cart, Item };\n',
  'lid.mjs': 'export class Box { open() {} }\nexport default class Lid { close() {} }\n',
};
const head = "const { Cart } = require('./cart');\n/** @typedef {import('./cart').Item} Thing */\n";
const total = 'cart.js:Cart.total resolved annotation';
const name = 'cart.js:Item.name resolved annotation';

async function check(source: string, from: string, expected: readonly string[]): Promise<void> {
  const { graph } = await makeGraph({ ...others, 'a.js': `${head}${source}` });
  expect(edgesOf(graph, `a.js:${from}`)).toEqual(expected);
}

describe('a comment tells types', () => {
  it.each([
    ['of parameters', '/** @param {Cart} c */\nfunction f(c) { c.total(); }', 'f', [total]],
    ['of those that may lack', '/** @param {?Cart} [c=null] it */\nfunction f(c) { c.total(); }', 'f', [total]],
    ['of arrow functions', '/** @param {Cart} c */\nconst f = (c) => c.total();', 'f', [total]],
    ['of methods', 'class K {\n/** @param {Cart} c */\nf(c) { c.total(); } }', 'K.f', [total]],
    ['by import', "/** @param {import('./cart').Item} i */\nfunction f(i) { i.name(); }", 'f', [name]],
    ['by typedef', '/** @param {Thing} i */\nfunction f(i) { i.name(); }', 'f', [name]],
    [
      'of a default',
      "/** @param {import('./lid.mjs').default} l */\nfunction f(l) { l.close(); }",
      'f',
      ['lid.mjs:Lid.close resolved annotation'],
    ],
    [
      'in containers',
      '/** @param {Thing[]} i @param {Map<string, Cart>} m\n@param {Array.<Cart>} a */\nfunction f(i, m, a) { i[0].name(); for (const x of i) x.name(); m.get("x").total(); a[0].total(); }',
      'f',
      [name, name, total, total],
    ],
    ['of variables', 'function f() { /** @type {Cart} */\nconst c = make(); c.total(); }', 'f', [total]],
    [
      'of fields',
      'class K {\n/** @type {Cart} */\nc;\nconstructor(x) {\n/** @type {Thing} */\nthis.i = x; }\nf() { this.c.total(); this.i.name(); } }',
      'K.f',
      [total, name],
    ],
    ['of casts', 'function f(x) { /** @type {Cart} */ (x.y).total(); }', 'f', [total]],
    [
      'of results',
      '/** @returns {Promise<Cart>} */\nasync function g() { return made(); }\nasync function f() { (await g()).total(); }',
      'f',
      ['a.js:g resolved scope', total],
    ],
  ])('%s', (_, source, from, expected) => check(source, from, expected));

  it.each([
    [
      'where a name is not of the file',
      '/** @returns {ServerResponse} */\nfunction g() { return new Cart(); }\nfunction f() { g().total(); }',
      'f',
      ['a.js:g resolved scope', 'cart.js:Cart.total resolved result'],
    ],
    [
      'where another comment stands between',
      '/** @param {Cart} c */\n/* other */\nfunction f(c) { c.items(); }',
      'f',
      [],
    ],
    ['of objects', '/** @param {{a: Cart}} o */\nfunction f(o) { o.items(); }', 'f', []],
  ])('nothing %s', (_, source, from, expected) => check(source, from, expected));
});

it('an import in a comment is one', async () => {
  const { graph } = await makeGraph({ ...others, 'a.js': head });
  expect(edgesOf(graph, 'a.js', 'imports').some((line) => line.startsWith('cart.js:Item '))).toBe(true);
});
