/**
 * How many tokens of a language model a text takes, without any model's tokenizer.
 *
 * An estimate to stay below a limit by, so it errs upward. Byte-pair vocabularies spend
 * about 4 characters on a token of English and 3 to 3.5 on one of code; a third of the
 * UTF-8 bytes covers both and gives one token to a character of Chinese. Text of many
 * short words and signs spends a token on each, which bytes alone would miss: words
 * times 1.3 (OpenAI's rule of thumb is 0.75 words to a token) covers that.
 */

const bytesPerToken = 3;
const tokensPerWord = 1.3;

/** Upper estimate; the estimate of texts joined is never above the sum of their estimates. */
export function estimateTokens(text: string): number {
  let words = 0;
  let bytes = 0;
  let inWord = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code >= 0xd800 && code <= 0xdfff ? 2 : 3;
    const letter =
      (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code >= 0x80;
    if (letter && !inWord) words++;
    inWord = letter;
  }
  return Math.ceil(Math.max(bytes / bytesPerToken, words * tokensPerWord));
}
