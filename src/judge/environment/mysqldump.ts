/**
 * Databases of a dump of MySQL, as scripts of SQLite.
 *
 * For text-to-SQL data that is published so (InterCode's Spider). Tables, primary keys and rows are taken; indexes, foreign keys, views, users and
 * settings are left out, and collations too: SQLite compares text exactly, as the queries of Spider were written for.
 */

/** Database names, with a script for each. */
export function readMysqlDump(dump: string): Map<string, string> {
  const scripts = new Map<string, string[]>();
  let current: string[] = [];
  for (const statement of statements(dump)) {
    const use = /^USE\s+`?([^`;\s]+)`?/i.exec(statement);
    if (use?.[1] !== undefined) {
      current = scripts.get(use[1]) ?? [];
      scripts.set(use[1], current);
    } else if (/^CREATE\s+TABLE/i.test(statement)) current.push(createOf(statement));
    else if (/^INSERT\s+INTO/i.test(statement)) current.push(insertOf(statement));
  }
  return new Map([...scripts].map(([name, parts]) => [name, `BEGIN;\n${parts.join(';\n')};\nCOMMIT;`]));
}

/** Statements without comments; quotes are MySQL's, with backslashes. */
function statements(dump: string): string[] {
  const found: string[] = [];
  let text = '';
  for (const [token] of dump.matchAll(
    /--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|;|[^-#/'"`;]+|[\s\S]/g,
  )) {
    if (/^(?:--|#|\/\*)/.test(token)) continue;
    if (token !== ';') {
      text += token;
      continue;
    }
    if (text.trim() !== '') found.push(text.trim());
    text = '';
  }
  return found;
}

function createOf(statement: string): string {
  const open = statement.indexOf('(');
  const close = statement.lastIndexOf(')');
  const head = statement.slice(0, open).replace(/IF\s+NOT\s+EXISTS/i, '');
  const parts = partsOf(statement.slice(open + 1, close)).flatMap((part) => {
    if (/^(?:UNIQUE\s+|FULLTEXT\s+|SPATIAL\s+)?(?:KEY|INDEX)\b|^CONSTRAINT\b|^FOREIGN\s+KEY\b/i.test(part)) return [];
    return [
      part
        .replace(/\s+(?:COLLATE|CHARACTER\s+SET)\s+\w+/gi, '')
        .replace(/\s+COMMENT\s+'(?:[^'\\]|\\.|'')*'/gi, '')
        .replace(/\s+(?:AUTO_INCREMENT|unsigned|zerofill)\b/gi, '')
        .replace(/\s+ON\s+UPDATE\s+\w+(?:\(\d*\))?/gi, '')
        // Keys over the first letters of a text.
        .replace(/^(PRIMARY\s+KEY.*)$/i, (key) => key.replace(/`\(\d+\)/g, '`'))
        .replace(/\benum\s*\((?:[^()']|'(?:[^'\\]|\\.|'')*')*\)/gi, 'text')
        // A year is a number, and a name that has INT in it is what makes SQLite take it for one.
        .replace(/(`[^`]*`\s+)year\b(?:\(\d+\))?/gi, '$1int'),
    ];
  });
  return `${head}(${parts.join(', ')})`;
}

/** Parts between commas that stand in no parentheses or quotes. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const [token] of text.matchAll(/'(?:[^'\\]|\\[\s\S]|'')*'|`[^`]*`|[\s\S]/g)) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (token === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += token;
  }
  if (part.trim() !== '') parts.push(part.trim());
  return parts;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', Z: '\x1a' };

function insertOf(statement: string): string {
  return statement
    .replace(/_binary\s+(?=')/g, '')
    .replace(/'((?:[^'\\]|\\[\s\S]|'')*)'|`[^`]*`/g, (all, text: string | undefined) => {
      if (text === undefined) return all;
      const plain = text.replace(/\\([\s\S])/g, (_, char: string) => escapes[char] ?? char).replaceAll("''", "'");
      return `'${plain.replaceAll("'", "''")}'`;
    });
}
