/** From what a rule needs of a file's text to what the index is asked. */
import type { Needs } from '../../code/mod.ts';
import { allOf, anyFile, type GramQuery, oneOf } from '../../index/mod.ts';
import { gramsOfRegex, gramsOfText } from './regex.ts';

export function gramsOf(needs: Needs): GramQuery {
  switch (needs.kind) {
    case 'nothing':
      return anyFile;
    case 'text':
      // Other characters are other bytes in a file that is not UTF-8, and stand in the index as those.
      return allOf((needs.text.match(/[\x20-\x7e]{3,}/g) ?? []).map(gramsOfText));
    case 'regex':
      return /^[\x20-\x7e]*$/.test(needs.source) ? gramsOfRegex(needs.source) : anyFile;
    case 'all':
      return allOf(needs.parts.map(gramsOf));
    case 'any':
      return needs.parts.length === 0 ? anyFile : oneOf(needs.parts.map(gramsOf));
  }
}
