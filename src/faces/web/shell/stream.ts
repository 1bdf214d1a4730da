/**
 * A line as tokenisers of `@codemirror/legacy-modes` read it: the interface of its `StringStream`.
 *
 * Written anew because importing that one brings an editor with it, which a page that only shows code has no use for.
 */
export class LineStream {
  pos = 0;
  start = 0;
  readonly tabSize = 8;
  readonly indentUnit = 4;
  readonly string: string;
  private readonly following: (lines: number) => string | null;

  constructor(text: string, following: (lines: number) => string | null) {
    this.string = text;
    this.following = following;
  }
  eol(): boolean {
    return this.pos >= this.string.length;
  }
  sol(): boolean {
    return this.pos === 0;
  }
  peek(): string | undefined {
    return this.string[this.pos];
  }
  next(): string | undefined {
    return this.string[this.pos++];
  }
  eat(match: string | RegExp | ((character: string) => boolean)): string | undefined {
    const character = this.string[this.pos];
    if (character === undefined) return undefined;
    const fits =
      typeof match === 'string'
        ? character === match
        : match instanceof RegExp
          ? match.test(character)
          : match(character);
    if (!fits) return undefined;
    this.pos++;
    return character;
  }
  eatWhile(match: string | RegExp | ((character: string) => boolean)): boolean {
    const from = this.pos;
    while (this.eat(match) !== undefined);
    return this.pos > from;
  }
  eatSpace(): boolean {
    return this.eatWhile(/[\s\u00a0]/);
  }
  skipToEnd(): void {
    this.pos = this.string.length;
  }
  skipTo(text: string): boolean | undefined {
    const found = this.string.indexOf(text, this.pos);
    if (found < 0) return undefined;
    this.pos = found;
    return true;
  }
  backUp(count: number): void {
    this.pos -= count;
  }
  column(): number {
    return columns(this.string.slice(0, this.start), this.tabSize);
  }
  indentation(): number {
    return columns(/^\s*/.exec(this.string)?.[0] ?? '', this.tabSize);
  }
  match(pattern: string | RegExp, consume = true, caseInsensitive = false): boolean | RegExpMatchArray | null {
    const rest = this.string.slice(this.pos);
    if (typeof pattern === 'string') {
      const head = rest.slice(0, pattern.length);
      const fits = caseInsensitive ? head.toLowerCase() === pattern.toLowerCase() : head === pattern;
      if (fits && consume) this.pos += pattern.length;
      return fits ? true : null;
    }
    const found = rest.match(pattern);
    if (found === null || (found.index ?? 0) > 0) return null;
    if (consume) this.pos += found[0].length;
    return found;
  }
  current(): string {
    return this.string.slice(this.start, this.pos);
  }
  lookAhead(lines: number): string | null {
    return this.following(lines);
  }
  baseToken(): null {
    return null;
  }
}

function columns(text: string, tabSize: number): number {
  let count = 0;
  for (const character of text) count += character === '\t' ? tabSize - (count % tabSize) : 1;
  return count;
}
