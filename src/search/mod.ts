export { answerText, smallestBudget } from './budget.ts';
export { parseQuery, type QueryOptions } from './query.ts';
export { search } from './search.ts';
export { show, shownText } from './show.ts';
export { estimateTokens } from './tokens.ts';
export type {
  Excerpt,
  Explanation,
  Hit,
  Mode,
  OutlineRow,
  Query,
  SearchAnswer,
  SearchOptions,
  ShowAnswer,
  Shown,
  ShowOptions,
  SnippetLine,
} from './types.ts';
