/**
 * Cuts a script into what the shell of SQLite sees: dot commands, each a line, and stretches of SQL between them.
 *
 * A line that begins with a dot is a command only where no statement is open, so quotes, comments and semicolons
 * must be followed.
 */

export type Piece =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'sql'; readonly text: string };

export function splitScript(script: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let sql = '';
  let isOpen = false;
  const flush = () => {
    if (sql.trim() !== '') pieces.push({ kind: 'sql', text: sql });
    sql = '';
  };
  let at = 0;
  while (at < script.length) {
    if (!isOpen && (at === 0 || script[at - 1] === '\n') && script[at] === '.') {
      flush();
      const end = script.indexOf('\n', at);
      const line = script.slice(at, end === -1 ? script.length : end);
      pieces.push({ kind: 'command', text: line.trim() });
      at += line.length + 1;
      continue;
    }
    const next = tokenEnd(script, at);
    const token = script.slice(at, next);
    if (token === ';') isOpen = false;
    else if (!/^(?:\s|--|\/\*)/.test(token)) isOpen = true;
    sql += token;
    at = next;
  }
  flush();
  return pieces;
}

/** The end of a quoted text, a comment, or one character. */
function tokenEnd(text: string, at: number): number {
  const char = text[at] as string;
  const after = (mark: string, from: number) => {
    const found = text.indexOf(mark, from);
    return found === -1 ? text.length : found + mark.length;
  };
  if (char === "'" || char === '"' || char === '`') return after(char, at + 1);
  if (char === '[') return after(']', at + 1);
  if (text.startsWith('--', at)) {
    const end = text.indexOf('\n', at);
    // Without its line break, so that a dot at the start of the next line is seen.
    return end === -1 ? text.length : end;
  }
  return text.startsWith('/*', at) ? after('*/', at + 2) : at + 1;
}
