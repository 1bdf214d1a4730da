/**
 * What few callers need, loaded when it is first asked for: parser, grammars' rules and the
 * tree-sitter runtime are 25 modules, and a search of an unchanged repository parses nothing.
 */
import type { CallInstrumenter, TraceInstrumenter } from './instrument/instrumenter.ts';
import type { PartialInstrumenter } from './instrument/partialinstrumenter.ts';
import type { Language } from './languages/language.ts';
import type { Parser, ParserOptions } from './parser.ts';
import type { PatternFinder } from './pattern/finder.ts';
import type { ReadRegex } from './pattern/rule.ts';
import type { LikenessReader } from './similar/reader.ts';
import type { AlikeReader } from './similar/writtenalike.ts';
import type { StyleReader } from './style.ts';
import type { SyntaxReader } from './syntax/reader.ts';
import type { LoadFile } from './tree/engine.ts';

/** @see createParser in `parser.ts` */
export async function createParser(load: LoadFile, options: ParserOptions = {}): Promise<Parser> {
  const parser = await import('./parser.ts');
  return parser.createParser(load, options);
}

/** Every language that has a file, in the order of the table. */
export async function knownLanguages(): Promise<readonly Language[]> {
  return (await import('./languages/table.ts')).languages;
}

/** @see createCallInstrumenter in `instrument/instrumenter.ts` */
export async function createCallInstrumenter(load: LoadFile): Promise<CallInstrumenter> {
  const instrumenter = await import('./instrument/instrumenter.ts');
  return instrumenter.createCallInstrumenter(load);
}

/** @see createTraceInstrumenter in `instrument/instrumenter.ts` */
export async function createTraceInstrumenter(load: LoadFile): Promise<TraceInstrumenter> {
  const instrumenter = await import('./instrument/instrumenter.ts');
  return instrumenter.createTraceInstrumenter(load);
}

/** @see createPartialInstrumenter in `instrument/partialinstrumenter.ts` */
export async function createPartialInstrumenter(load: LoadFile): Promise<PartialInstrumenter> {
  const instrumenter = await import('./instrument/partialinstrumenter.ts');
  return instrumenter.createPartialInstrumenter(load);
}

/** @see createPatternFinder in `pattern/finder.ts` */
export async function createPatternFinder(load: LoadFile, readRegex: ReadRegex): Promise<PatternFinder> {
  const finder = await import('./pattern/finder.ts');
  return finder.createPatternFinder(load, readRegex);
}

/** @see createStyleReader in `style.ts` */
export async function createStyleReader(load: LoadFile): Promise<StyleReader> {
  const style = await import('./style.ts');
  return style.createStyleReader(load);
}

/** @see createSyntaxReader in `syntax/reader.ts` */
export async function createSyntaxReader(load: LoadFile): Promise<SyntaxReader> {
  const reader = await import('./syntax/reader.ts');
  return reader.createSyntaxReader(load);
}

/** @see createLikenessReader in `similar/reader.ts` */
export async function createLikenessReader(load: LoadFile): Promise<LikenessReader> {
  const reader = await import('./similar/reader.ts');
  return reader.createLikenessReader(load);
}

/** @see createAlikeReader in `similar/writtenalike.ts` */
export async function createAlikeReader(load: LoadFile): Promise<AlikeReader> {
  const reader = await import('./similar/writtenalike.ts');
  return reader.createAlikeReader(load);
}
