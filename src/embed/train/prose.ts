/**
 * What a documentation comment says: its first sentence, and the rest.
 *
 * Delimiters, tags and markup of all languages are taken away by the same few rules. What is left must look like a sentence
 * that tells what code does; boilerplate ("see above", "TODO", licences) is none.
 */

export interface Prose {
  /** Empty when there is none worth learning from. */
  readonly sentence: string;
  readonly rest: string;
}

const opening = /^\s*(\/\*+!?|\/\/[/!]?|#+|--+|[rRbBuUfF]{0,2}("""|'''|"|')|<!--|=begin)/;
const closing = /(\*+\/|"""|'''|"|'|-->|=end)\s*$/;
const lineLead = /^\s*(\/\/[/!]?|\*(?!\/)|#+(?=\s|$))\s?/;
/** Where prose ends and tables of parameters, examples or rules begin. */
const section =
  /^(:\w+|@\w+|\\(param|return|brief\b$)|>>>|\.\. |Args:|Arguments:|Returns?:?$|Returns:|Parameters?:?$|Raises:|Examples?:?$|-{3,}|={3,}|\+-|```|# |~~~|<(param|returns|remarks|exception|example|typeparam|inheritdoc))/;
const boilerplate =
  /^(see |todo|fixme|xxx|hack|deprecated|noqa|pylint|eslint|type:|copyright|licen[sc]e|overrid|inherit|no-?op|helper|internal|docstring|constructor|initiali[sz]e\.?$|init\.?$|\{|\(|@|nolint|spdx|clang-format|region|endregion|istanbul|ts-)/i;

/** @param comment as it stands in the source, delimiters included */
export function proseOf(comment: string): Prose {
  const lines = comment
    .replace(opening, '')
    .replace(closing, '')
    .split(/\r?\n/)
    .map((line) => line.replace(lineLead, '').trim());
  const said: string[] = [];
  let at = 0;
  while (at < lines.length && lines[at] === '') at++;
  for (; at < lines.length; at++) {
    const line = (lines[at] as string).replace(/^<summary>/, '').trim();
    if (line === '' && said.length > 0) break;
    if (section.test(line) && !/^[@\\](brief|description|desc|summary)\s/.test(line)) break;
    if (line !== '') said.push(line.replace(/^[@\\](brief|description|desc|summary)\s/, ''));
  }
  const paragraph = withoutMarkup(said.join(' '));
  const sentences = paragraph.split(/(?<=[\p{Ll}\p{N})\]"'])[.!?]\s+(?=[\p{Lu}`])/u);
  let sentence = sentences[0] ?? '';
  let taken = 1;
  // "Returns x." alone says little; with its neighbour it is still one thought.
  const longer = `${sentence}. ${sentences[1]}`;
  if (sentence.split(' ').length < 6 && sentences.length > 1 && tells(longer)) {
    sentence = longer;
    taken = 2;
  }
  const rest = [...sentences.slice(taken), ...lines.slice(at)].join(' ');
  const isTelling = tells(sentence.trim());
  return { sentence: isTelling ? sentence.trim() : '', rest: withoutMarkup(isTelling ? rest : `${sentence} ${rest}`) };
}

/** Without tags, roles, quotes of code and links. */
export function withoutMarkup(text: string): string {
  return text
    .replace(/\{@\w+ ([^}]*)\}/g, '$1')
    .replace(/:\w+:`~?([^`]*)`/g, '$1')
    .replace(/<see\w* \w+="([^"]*)"\s*\/>/g, '$1')
    .replace(/`+([^`]*)`+/g, '$1')
    .replace(/<[^<>]{1,60}>/g, ' ')
    .replace(/https?:\/\/\S+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const shortestWords = 3;
const longestWords = 50;
const longestUnits = 350;
/** Formulas, tables and paths have fewer letters among their characters. */
const letterShare = 0.75;

/** Whether a sentence is worth asking code for. */
export function tells(sentence: string): boolean {
  if (sentence.length > longestUnits || boilerplate.test(sentence)) return false;
  const words = sentence.split(/\s+/).length;
  // Scripts without spaces: eight letters say as much as three words.
  const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{8}/u.test(sentence);
  if ((words < shortestWords && !unspaced) || words > longestWords) return false;
  const letters = sentence.match(/[\p{L}\p{M} ]/gu)?.length ?? 0;
  return letters >= letterShare * sentence.length;
}

/** The words of a sentence for comparing, without case and punctuation. */
export const plainWords = (text: string): string => (text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []).join(' ');
