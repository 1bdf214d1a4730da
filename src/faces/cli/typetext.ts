/**
 * A JSON Schema as a type that a person can read: one property a line, descriptions as
 * comments. For the reference page; programs get the schema itself from the table.
 */

/** The parts of JSON Schema that output schemas use. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  /** As `anyOf`; what zod writes for unions told apart by a property. */
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

export function typeText(schema: object): string {
  const named = Object.entries((schema as Schema).$defs ?? {});
  // Recursive parts come as `#/$defs/__schema0`: they are given plain names, in order.
  const names = new Map(named.map(([key], index) => [`#/$defs/${key}`, index === 0 ? 'Node' : `Node${index + 1}`]));
  const write = (part: Schema, indent: string): string => writeType(part, indent, names);
  const definitions = named.map(([key, part]) => `type ${names.get(`#/$defs/${key}`)} = ${write(part, '')}`);
  return [write(schema as Schema, ''), ...definitions].join('\n\n');
}

function writeType(schema: Schema, indent: string, names: ReadonlyMap<string, string>): string {
  const write = (part: Schema, at = indent): string => writeType(part, at, names);
  if (schema.$ref !== undefined) return names.get(schema.$ref) ?? schema.$ref;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((part) => write(part)).join(' | ');
  if (schema.type === 'array') {
    const item = write(schema.items ?? {});
    return item.includes(' | ') && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
  }
  if (schema.properties !== undefined) return writeObject(schema, indent, names);
  if (typeof schema.additionalProperties === 'object')
    return `{ [name: string]: ${write(schema.additionalProperties)} }`;
  const types = [schema.type ?? 'unknown'].flat();
  return types.map((type) => (type === 'integer' ? 'number' : type)).join(' | ');
}

function writeObject(schema: Schema, indent: string, names: ReadonlyMap<string, string>): string {
  const entries = Object.entries(schema.properties ?? {});
  const written = entries.map(([name, part]) => {
    const mark = schema.required?.includes(name) === true ? '' : '?';
    return { text: `${name}${mark}: ${writeType(part, `${indent}  `, names)}`, comment: part.description };
  });
  const flat = `{ ${written.map(({ text }) => text).join('; ')} }`;
  if (!flat.includes('\n') && flat.length < 70 && written.every(({ comment }) => comment === undefined)) return flat;
  const lines = written.map(({ text, comment }) => {
    if (comment === undefined) return `${indent}  ${text};`;
    return text.includes('\n') ? `${indent}  // ${comment}\n${indent}  ${text};` : `${indent}  ${text}; // ${comment}`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}
