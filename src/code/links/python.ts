/** Links of Python. */
import type { LinkLanguage } from './language.ts';

export const python: LinkLanguage = {
  classScopesAreSeen: false,
  rules: {
    call: (links, node) => {
      const callee = links.tree.field(node, 'function');
      if (callee >= 0 && links.tree.kind(callee) === 'identifier') links.use('call', callee, links.value(callee));
    },
  },
  values: {
    identifier: (links, node) => links.name(links.tree.textOf(node)),
  },
};
