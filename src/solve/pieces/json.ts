/**
 * JSON out of a reply that may hold more than JSON: prose around it, a block, one object a line.
 *
 * Strategies ask for JSON in words and read it here, so that they work with models that give no JSON by schema; whatever cannot be read is told by whoever asked.
 */

/** Objects of a reply in their order; those of a list are given one by one, and of an object in an object only the outer one. */
export function jsonOf(reply: string): readonly Readonly<Record<string, unknown>>[] {
  const found: Readonly<Record<string, unknown>>[] = [];
  let at = 0;
  while (at < reply.length) {
    const open = reply.indexOf('{', at);
    if (open < 0) break;
    const end = endOf(reply, open);
    const value = end === null ? null : parsed(reply.slice(open, end));
    if (value === null || end === null) at = open + 1;
    else {
      found.push(value);
      at = end;
    }
  }
  return found;
}

/** The bracket that closes this one, texts passed over. */
function endOf(text: string, open: number): number | null {
  let depth = 0;
  let inText = false;
  // Longer than any answer that was asked for; without it a page of brackets would take quadratic time.
  const limit = Math.min(text.length, open + 100_000);
  for (let at = open; at < limit; at++) {
    const character = text[at];
    if (inText) {
      if (character === '\\') at++;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return at + 1;
  }
  return null;
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return null;
  }
}
